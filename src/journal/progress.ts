import { FleetError } from '../model/error.ts';
import type { Stamped } from '../model/event.ts';
import type { Facts } from '../model/facts.ts';
import { type HostOutcome, isOpen, type TransactionState } from '../model/outcome.ts';
import { everything, type Selection } from '../model/selection.ts';

/** A transaction that the journal does not know to have ended; the host knows. */
interface OpenTransaction {
  readonly play: number;
  readonly host: string;
  readonly transaction: string;
  readonly title: string;
  readonly state: TransactionState;
}

export interface PlayProgress {
  readonly title: string;
  /** In the order of waves, then those that ended without being in one; empty when the play had not begun. */
  readonly hosts: readonly string[];
  readonly outcomes: ReadonlyMap<string, HostOutcome>;
  /** Started and never finished: what was done to them is in doubt, and must be read. */
  readonly inDoubt: readonly string[];
  readonly begun: boolean;
  readonly finished: boolean;
}

/** What a resume goes on from. The journal says where to look; the host says what is true. */
export interface Progress {
  readonly run: string;
  readonly started: Extract<Stamped, { readonly type: 'run.started' }>;
  /** The part of the playbook that it was for. */
  readonly selection: Selection;
  readonly plays: readonly PlayProgress[];
  readonly openTransactions: readonly OpenTransaction[];
  /** As they were seen first; a resume that finds others must not touch that host. */
  readonly facts: ReadonlyMap<string, Facts>;
  /** `null` when the run was cut off. */
  readonly finished: { readonly exitCode: number; readonly resumable: boolean } | null;
}

/** Whether nothing is left to do on a host for a play that ended so. */
const isDone = (outcome: HostOutcome): boolean => outcome === 'current' || outcome === 'changed';

/** The hosts of a play that a resume has to see to, in their order. */
export const hostsLeft = ({ hosts, outcomes }: PlayProgress): readonly string[] =>
  hosts.filter((host) => {
    const outcome = outcomes.get(host);
    return outcome === undefined || !isDone(outcome);
  });

interface PlayDraft {
  title: string;
  hosts: readonly string[];
  readonly outcomes: Map<string, HostOutcome>;
  readonly started: Set<string>;
  begun: boolean;
  finished: boolean;
}

/**
 * What a run had done by the end of its journal, or of any beginning of it.
 * @throws FleetError `journal.empty` when it does not begin with `run.started`: then nothing was done either.
 */
export const foldProgress = (events: readonly Stamped[]): Progress => {
  const [first] = events;
  if (first?.type !== 'run.started') {
    throw new FleetError({
      code: 'journal.empty',
      message: 'the journal ends before the run began',
      remedy: 'nothing was done: start the run again with ovsfleet run',
    });
  }
  const plays = first.plays.map(
    (title): PlayDraft => ({
      title,
      hosts: [],
      outcomes: new Map(),
      started: new Set(),
      begun: false,
      finished: false,
    }),
  );
  const open = new Map<string, OpenTransaction>();
  const facts = new Map<string, Facts>();
  let finished: Progress['finished'] = null;
  let selection = everything;
  const moveTo = (event: StateOf & OnHost): void => {
    const { transaction, play, host, state } = event;
    const title = open.get(transaction)?.title ?? event.title ?? transaction;
    if (isOpen(state)) open.set(transaction, { play, host, transaction, title, state });
    else open.delete(transaction);
  };
  for (const event of events) {
    const play = 'play' in event && event.play !== null ? plays[event.play] : undefined;
    switch (event.type) {
      case 'play.started':
        if (play !== undefined) Object.assign(play, { title: event.title, hosts: event.waves.flat(), begun: true });
        break;
      case 'play.finished':
        if (play !== undefined) play.finished = true;
        break;
      case 'run.selected':
        ({ selection } = event);
        break;
      case 'host.facts':
        if (!facts.has(event.host)) facts.set(event.host, event.facts);
        break;
      case 'host.started':
        play?.started.add(event.host);
        break;
      case 'host.finished':
        play?.outcomes.set(event.host, event.outcome);
        break;
      case 'transaction.sent': {
        const { play: index, host, transaction, title } = event;
        open.set(transaction, { play: index, host, transaction, title, state: 'prepared' });
        break;
      }
      case 'transaction.attached':
      case 'transaction.state':
        moveTo(event);
        break;
      case 'run.finished':
        finished = { exitCode: event.exitCode, resumable: event.resumable };
        break;
    }
  }
  return {
    run: first.run,
    started: first,
    selection,
    plays: plays.map(({ started, ...play }) => ({
      ...play,
      hosts: [...new Set([...play.hosts, ...play.outcomes.keys()])],
      inDoubt: [...started].filter((host) => !play.outcomes.has(host) || play.outcomes.get(host) === 'in-doubt'),
    })),
    openTransactions: [...open.values()],
    facts,
    finished,
  };
};

interface StateOf {
  readonly transaction: string;
  readonly state: TransactionState;
  readonly title?: string | null;
}

interface OnHost {
  readonly play: number;
  readonly host: string;
}
