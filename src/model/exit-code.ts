/** What the process ends with. When several apply, the first in this order is taken: 130, 2, 3, 1, 4, 5. */
export const exitCodes = {
  ok: 0,
  hostFailed: 1,
  input: 2,
  paused: 3,
  unreachable: 4,
  changes: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const precedence: readonly ExitCode[] = [130, 2, 3, 1, 4, 5];

/** The one code that stands for all that happened. */
export const worst = (codes: readonly ExitCode[]): ExitCode => precedence.find((code) => codes.includes(code)) ?? 0;
