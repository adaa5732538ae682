import type { TransactionState } from '../model/outcome.ts';

/** A transaction that a host says is open. */
export interface OpenTransaction {
  readonly id: string;
  readonly title: string | null;
  readonly state: TransactionState;
}

const states: readonly TransactionState[] = [
  'prepared',
  'running',
  'awaiting',
  'confirmed',
  'undoing',
  'done',
  'undone',
  'stuck',
];

/** A host's word for a state; `null` for any other word. */
export const stateOf = (word: string): TransactionState | null => states.find((known) => known === word) ?? null;

/** `ID STATE`, and its title on a line of its own. A state that cannot be understood counts as one under way. */
export const parseOpen = (text: string): OpenTransaction => {
  const [head = '', title] = text.split('\n');
  const [id = '', word = ''] = head.split(' ');
  return { id, title: title ?? null, state: stateOf(word) ?? 'running' };
};
