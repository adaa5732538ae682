import type { Begun } from '../model/begun.ts';
import type { TransactionState } from '../model/outcome.ts';

/** A transaction that a host says is open. */
export interface OpenTransaction extends Begun {
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
export const stateOf = (word: string): TransactionState | null => states.find((known) => known === word.trim()) ?? null;

/** `ID STATE`, and its title, its owner and when it began, a line each. A state that cannot be understood counts as one under way. */
export const parseOpen = (text: string): OpenTransaction => {
  const [head = '', title, owner = '', since = ''] = text.split('\n');
  const [id = '', word = ''] = head.split(' ');
  return {
    id,
    title: title ?? null,
    state: stateOf(word) ?? 'running',
    owner: owner === '' ? null : owner,
    sinceMs: /^\d+$/.test(since) ? Number(since) : null,
  };
};

/** What one line of a transaction's own story says. */
export type NewsLine = { readonly index: number; readonly hostTime: number } & (
  | { readonly is: 'phase'; readonly phase: string }
  | { readonly is: 'state'; readonly state: TransactionState; readonly reason: string | null }
  | { readonly is: 'other' }
);

/** Lines of `MILLISECONDS phase TITLE` and `MILLISECONDS state WORD REASON`, counted from `from`. */
export const parseNews = (from: number, news: string): readonly NewsLine[] =>
  news.split('\n').map((line, offset): NewsLine => {
    const [, time = '', kind = '', rest = ''] = /^(\d+) (\w+) ?(.*)$/.exec(line) ?? [];
    const common = { index: from + offset, hostTime: Number(time) };
    if (kind === 'phase') return { ...common, is: 'phase', phase: rest };
    const [word = ''] = rest.split(' ', 1);
    const state = kind === 'state' ? stateOf(word) : null;
    if (state === null) return { ...common, is: 'other' };
    const reason = rest.slice(word.length).trim();
    return { ...common, is: 'state', state, reason: reason === '' ? null : reason };
  });
