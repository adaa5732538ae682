/** How one step ended on one host. `unproven`: made without an error, yet reading again does not give what was wanted. */
export type StepOutcome = 'ok' | 'changed' | 'failed' | 'unproven';

/** In the order that summaries name them: what went well, what did not, what never began. */
export const hostOutcomes = [
  'current',
  'changed',
  'undone',
  'failed',
  'refused',
  'unreachable',
  'in-doubt',
  'stuck',
  'not-started',
] as const;

/**
 * How a play ended for one host.
 * `current`: nothing was to be done. `undone`: the transaction put everything back and proved it by reading.
 * `stuck`: the host needs hands. `in-doubt`: it was cut off and nobody knows yet. `refused`: preflight said no, nothing was touched.
 */
export type HostOutcome = (typeof hostOutcomes)[number];

/** Worst first: what a host is called after several plays. */
const severity: readonly HostOutcome[] = [
  'stuck',
  'in-doubt',
  'failed',
  'undone',
  'unreachable',
  'refused',
  'not-started',
  'changed',
  'current',
];

/** The outcome that stands for several; `null` for none. */
export const worstOutcome = (outcomes: readonly HostOutcome[]): HostOutcome | null =>
  severity.find((outcome) => outcomes.includes(outcome)) ?? null;

/** The outcomes that count against the failure budget, on hosts that a play has started. */
export const isFailure = (outcome: HostOutcome): boolean => {
  switch (outcome) {
    case 'current':
    case 'changed':
    case 'not-started':
      return false;
    case 'undone':
    case 'stuck':
    case 'in-doubt':
    case 'failed':
    case 'refused':
    case 'unreachable':
      return true;
  }
};

/**
 * The life of a transaction, kept on the host. `done`, `undone` and `stuck` are its ends; while it is in any other
 * state it is open, and only attaching to it is allowed.
 */
export type TransactionState =
  | 'prepared'
  | 'running'
  | 'awaiting'
  | 'confirmed'
  | 'undoing'
  | 'done'
  | 'undone'
  | 'stuck';

export const isOpen = (state: TransactionState): boolean => !['done', 'undone', 'stuck'].includes(state);
