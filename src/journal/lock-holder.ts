import { z } from 'zod';

/** A process that cannot be taken for another, here or on another machine. */
export interface ProcessMark {
  readonly pid: number;
  /** When it began, in the words of its machine; `''` where that is not told. With the pid it names a process for good. */
  readonly started: string;
  /** The machine's boot: what is recorded under another one is gone. `''` where that is not told. */
  readonly boot: string;
  /** What its pid counts in: pids of two containers are not comparable. `''` where that is not told. */
  readonly pidNamespace: string;
  readonly hostname: string;
}

/** Who is at work on a fleet. */
export interface LockHolder extends ProcessMark {
  readonly user: string;
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

const schema: z.ZodType<LockHolder> = z.object({
  pid: z.number(),
  started: z.string(),
  boot: z.string(),
  pidNamespace: z.string(),
  hostname: z.string(),
  user: z.string(),
  run: z.string(),
  since: z.number(),
});

/** `null` when it is no lock of ours. */
export const parseHolder = (text: string): LockHolder | null => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
};

/** What can be said from here of a process: another machine's cannot be seen. */
export type Liveness = 'running' | 'gone' | 'elsewhere';

/**
 * Whether the holder of a lock still runs.
 * @param startedOf when the process of that pid began, in the words of `ProcessMark.started`; `null` when there is none
 */
export const livenessOf = (
  holder: LockHolder,
  self: ProcessMark,
  startedOf: (pid: number) => string | null,
): Liveness => {
  if (holder.hostname !== self.hostname) return 'elsewhere';
  if (holder.boot !== self.boot) return 'gone';
  if (holder.pidNamespace !== self.pidNamespace) return 'elsewhere';
  return startedOf(holder.pid) === holder.started ? 'running' : 'gone';
};
