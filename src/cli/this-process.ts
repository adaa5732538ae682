import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { LockSelf } from '../journal/index.ts';

const told = (read: () => string): string => {
  try {
    return read().trim();
  } catch {
    return '';
  }
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/**
 * Clock ticks from boot to its start: field 22 of /proc/PID/stat (proc_pid_stat(5)), whose second field may hold anything,
 * so it is counted from the last parenthesis. A zombie is gone. `''` where there is no /proc.
 */
const startedOf = (pid: number): string | null => {
  if (told(() => readFileSync('/proc/self/stat', 'utf8')) === '') return isThere(pid) ? '' : null;
  const stat = told(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' || state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
};

const user = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no password file knows.
    return String(process.getuid?.() ?? '?');
  }
};

/** This process, for the lock of a run. */
export const thisProcess = (): LockSelf => ({
  mark: {
    pid: process.pid,
    started: startedOf(process.pid) ?? '',
    boot: told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    pidNamespace: told(() => readlinkSync('/proc/self/ns/pid')),
    hostname: hostname(),
  },
  user: user(),
  startedOf,
});
