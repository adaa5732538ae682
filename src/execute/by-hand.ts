import { FleetError } from '../model/error.ts';
import type { TransactionState } from '../model/outcome.ts';
import type { Connection } from '../model/ports.ts';
import { listBatch, putRightBatch, showBatch, undoBatch } from '../shell/index.ts';
import { converse } from './converse.ts';
import type { TransactionEnd } from './follow.ts';
import type { Services } from './services.ts';
import { type NewsLine, parseNews, stateOf } from './transaction-news.ts';
import { attach } from './transactions.ts';

/** One transaction in the list of a host. */
export interface ListedTransaction {
  readonly id: string;
  readonly state: TransactionState;
  /** When it came to that, by the host's clock, milliseconds since the epoch. */
  readonly whenMs: number;
  /** Whether somebody has accepted what it left, when it is stuck. */
  readonly accepted: boolean;
  readonly owner: string;
  readonly title: string;
  readonly reason: string;
}

/** All that a host knows of one. */
export interface TransactionStory {
  readonly id: string;
  readonly state: TransactionState;
  readonly title: string;
  readonly owner: string;
  readonly reason: string;
  /** Why its undo failed; empty unless it did. */
  readonly undoReason: string;
  /** Who accepted what it left, and what that was; empty unless somebody did. */
  readonly accepted: string;
  /** What did not read as it should, the last time it was looked at for good: `<` before, `>` then. */
  readonly differs: string;
  readonly lines: readonly NewsLine[];
  /** The end of what its commands printed. */
  readonly log: string;
}

interface Said {
  readonly frames: ReadonlyMap<string, readonly string[]>;
  /** Which one it is about; `null` when the host has none of that name. */
  readonly found: { readonly id: string; readonly state: TransactionState } | null;
}

/** What only root may see looks like nothing to anybody else. */
const hiddenFrom = (host: string, user: string): FleetError =>
  new FleetError({
    code: 'transaction.hidden',
    message: `${host}: there may be transactions, but only root can see them, and this was asked as ${user}.`,
    remedy: 'Type the same with -b, to become root there (-K asks for the password of sudo).',
    facts: { host, user },
  });

const say = async (
  connection: Connection,
  program: (options: { readonly nonce: string; readonly libraries: Services['libraries'] }) => string,
  { nonce: newNonce, libraries }: Services,
): Promise<Said> => {
  const nonce = newNonce();
  const frames = new Map<string, readonly string[]>();
  await converse(connection, program({ nonce, libraries }), nonce, {
    frame: ({ kind, text }) => frames.set(kind, [...(frames.get(kind) ?? []), text]),
  });
  const [user] = frames.get('hidden') ?? [];
  if (user !== undefined) throw hiddenFrom(connection.host.name, user);
  const [found] = frames.get('found') ?? [];
  const [id = '', word = ''] = (found ?? '').split(' ');
  return { frames, found: found === undefined ? null : { id, state: stateOf(word) ?? 'running' } };
};

const parseListed = (text: string): ListedTransaction => {
  const [head = '', owner = '', title = '', reason = ''] = text.split('\n');
  const [id = '', word = '', when = '', accepted = ''] = head.split(' ');
  const whenMs = Number(when);
  return { id, state: stateOf(word) ?? 'running', whenMs, accepted: accepted === 'accepted', owner, title, reason };
};

/** All transactions of a host that it still has, newest first. Throws `transaction.hidden` for a user who is not root. */
export const listTransactions = async (
  connection: Connection,
  services: Services,
): Promise<readonly ListedTransaction[]> =>
  ((await say(connection, listBatch, services)).frames.get('tx') ?? []).map(parseListed);

/** One of them; without an id the one that is open, or stuck, or the newest. `null` when there is none. Throws as the list does. */
export const showTransaction = async (
  connection: Connection,
  id: string,
  services: Services,
): Promise<TransactionStory | null> => {
  const { frames, found } = await say(connection, (options) => showBatch(id, options), services);
  if (found === null) return null;
  const text = (kind: string): string => (frames.get(kind) ?? []).join('').trimEnd();
  return {
    ...found,
    title: text('title'),
    owner: text('owner'),
    reason: text('reason'),
    undoReason: text('undoreason'),
    accepted: text('accepted'),
    differs: text('differs'),
    lines: parseNews(0, text('news')),
    log: text('log'),
  };
};

/** How an operator's wish for one transaction ended. */
export type ByHand =
  | { readonly is: 'none' }
  /** It has ended, or is as good as ended, and the wish makes no sense any more. */
  | { readonly is: 'settled'; readonly id: string; readonly state: TransactionState }
  | { readonly is: 'seen'; readonly id: string; readonly end: TransactionEnd }
  /** A stuck one does not read as before, and that was not accepted. */
  | { readonly is: 'differs'; readonly id: string; readonly differences: string }
  | { readonly is: 'accepted'; readonly id: string; readonly differences: string }
  | { readonly is: 'put-right'; readonly id: string };

/** Has an open transaction undone now, or the undo of a stuck one tried again, and sees it to its end. */
export const undoByHand = async (
  connection: Connection,
  id: string,
  who: string,
  services: Services,
): Promise<ByHand> => {
  const { frames, found } = await say(connection, (options) => undoBatch(id, who, options), services);
  if (found === null) return { is: 'none' };
  if (frames.has('not')) return { is: 'settled', ...found };
  const end = await attach(
    connection,
    0,
    { ...found, title: null, owner: null, sinceMs: null },
    services,
    undefined,
    'wait',
  );
  return { is: 'seen', id: found.id, end };
};

/**
 * Sees an open transaction to its end, confirming it if it asks for that; says of a stuck one that it was put right by hand,
 * once the host has read again what it promised to keep.
 */
export const settleByHand = async (
  connection: Connection,
  id: string,
  who: string,
  differences: 'refuse' | 'accept',
  services: Services,
): Promise<ByHand> => {
  const { frames, found } = await say(connection, (options) => putRightBatch(id, who, differences, options), services);
  if (found === null) return { is: 'none' };
  switch (found.state) {
    case 'done':
    case 'undone':
      return { is: 'settled', ...found };
    case 'stuck': {
      const [differs = ''] = frames.get('differs') ?? [];
      if (!frames.has('right')) return { is: 'differs', id: found.id, differences: differs };
      return differs === ''
        ? { is: 'put-right', id: found.id }
        : { is: 'accepted', id: found.id, differences: differs };
    }
    case 'prepared':
    case 'running':
    case 'awaiting':
    case 'confirmed':
    case 'undoing':
      return {
        is: 'seen',
        id: found.id,
        end: await attach(connection, 0, { ...found, title: null, owner: null, sinceMs: null }, services),
      };
  }
};
