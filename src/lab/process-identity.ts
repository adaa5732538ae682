import { readFileSync } from 'node:fs';

/** A process that cannot be taken for another one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from machine boot to process start: field 22 of /proc/PID/stat (proc_pid_stat(5)). */
  readonly startTime: string;
}

/** `undefined` when there is no such process. */
export const identify = (pid: number): ProcessIdentity | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may hold blanks and parentheses itself: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    return state === undefined || startTime === undefined || state === 'Z' ? undefined : { pid, startTime };
  } catch {
    return undefined;
  }
};

export const isAlive = (identity: ProcessIdentity): boolean => identify(identity.pid)?.startTime === identity.startTime;

/** The machine's boot: everything recorded under another one is gone. */
export const machineBootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
