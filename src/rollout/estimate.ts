/** How long one host takes, in milliseconds, and how that is known. */
export interface HostTime {
  /** What it is expected to take when all goes well. */
  readonly ms: number;
  /** What must be left of a window when it starts: the time to do it, and to undo it. */
  readonly needMs: number;
  readonly by: 'told' | 'measured' | 'deadlines' | 'nothing';
}

/** The value that 95 of 100 samples do not exceed (nearest rank): the longest one when there are fewer than 20. */
export const percentile95 = (samples: readonly number[]): number =>
  samples.toSorted((a, b) => a - b)[Math.ceil(samples.length * 0.95) - 1] ?? 0;

export interface HostTimeInput {
  readonly perHostMs: number | null;
  /** What hosts took in earlier runs of the same play, in milliseconds. */
  readonly measured: readonly number[];
  /** After how long the transactions of a host would have given up, all together; 0 when it has none. */
  readonly deadlinesMs: number;
}

/**
 * What is told counts as it is, undo included. What was measured counts twice, since an undo is the same work again. A first
 * run has nothing but the deadlines after which its transactions undo themselves, and doing that may take as long again.
 */
export const hostTime = ({ perHostMs, measured, deadlinesMs }: HostTimeInput): HostTime => {
  const usual = percentile95(measured);
  if (perHostMs !== null) return { ms: measured.length > 0 ? usual : perHostMs, needMs: perHostMs, by: 'told' };
  if (measured.length > 0) return { ms: usual, needMs: 2 * usual, by: 'measured' };
  if (deadlinesMs > 0) return { ms: deadlinesMs, needMs: 2 * deadlinesMs, by: 'deadlines' };
  return { ms: 0, needMs: 0, by: 'nothing' };
};
