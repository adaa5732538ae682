import { begunText } from '../model/begun.ts';
import type { Problem } from '../model/error.ts';
import type { HostOutcome } from '../model/outcome.ts';
import type { BatchEnd } from './converse.ts';
import type { TransactionEnd } from './follow.ts';
import { lockedProblem } from './host-lock.ts';
import type { OpenTransaction } from './transaction-news.ts';

/** How a host ended a play. */
export interface HostEnd {
  readonly outcome: HostOutcome;
  readonly problem: Problem | null;
}

export type Stop = { readonly stop: HostEnd };
export const stopped = (outcome: HostOutcome, problem: Problem): Stop => ({ stop: { outcome, problem } });

/** Why a host stops that has a transaction which did not end well. */
export const transactionStop = (
  host: string,
  title: string,
  end: Exclude<TransactionEnd, { readonly is: 'done' }>,
): Stop => {
  const facts = { host };
  switch (end.is) {
    case 'undone':
      return stopped('undone', {
        code: 'transaction.undone',
        message: `${host}: ${title} was undone by the host, and everything reads as before: ${end.reason}.`,
        remedy: `Read what the host wrote in its report, mend the cause, then run again with --limit ${host}`,
        facts,
      });
    case 'stuck':
      return stopped('stuck', {
        code: 'transaction.stuck',
        message: `${host}: ${title} failed, and so did its undo: ${end.reason}.`,
        remedy: `The host needs hands. See what differs: ovsfleet tx show ${host}; try the undo again: ovsfleet tx undo ${host}`,
        facts,
      });
    case 'in-doubt':
      return stopped('in-doubt', {
        code: 'transaction.in-doubt',
        message: `${host}: nobody knows how ${title} ended: ${end.reason}.`,
        remedy: 'The host settles it by itself. When it answers again: ovsfleet resume',
        facts,
      });
  }
};

const openText = (open: OpenTransaction): string => `${open.title ?? open.id}${begunText(open)}`;

/** Why a host stops when a batch could not run there; `null` when it could. */
export const endStop = (host: string, end: BatchEnd): Stop | null => {
  switch (end.is) {
    case 'ended':
      return null;
    case 'locked':
      return stopped('failed', lockedProblem(host, end.holder));
    case 'stuck':
      return stopped('stuck', {
        code: 'transaction.left-stuck',
        message: `${host}: ${end.transactions.map(({ id, title }) => title ?? id).join(', ')} got stuck there earlier, and nobody has said that the host was put right.`,
        remedy: `See what differs: ovsfleet tx show ${host}; when it is put right: ovsfleet tx settle ${host}`,
        facts: { host },
      });
    case 'open':
      return stopped('failed', {
        code: 'transaction.open',
        message: `${host}: a transaction is open there: ${end.transactions.map(openText).join('; ')}.`,
        remedy: `See how far it is: ovsfleet tx show ${host}; when it has ended, type this again. To see it to its end: ovsfleet tx settle ${host}`,
        facts: { host },
      });
  }
};
