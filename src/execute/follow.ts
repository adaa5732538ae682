import type { Change } from '../model/change.ts';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { TransactionState } from '../model/outcome.ts';
import type { Connection } from '../model/ports.ts';
import { changesBetween } from '../plan/index.ts';
import { confirmBatch, watchBatch } from '../shell/index.ts';
import { converse } from './converse.ts';
import type { Patience } from './patience.ts';
import { mayPass, reconnect } from './reconnect.ts';
import type { Services } from './services.ts';
import { parseNews, stateOf } from './transaction-news.ts';

/** How a transaction ended, as the host told it; `in-doubt` when the host could not be reached any more. */
export type TransactionEnd =
  | { readonly is: 'done' }
  | { readonly is: 'undone' | 'stuck'; readonly reason: string }
  | { readonly is: 'in-doubt'; readonly reason: string };

/** A transaction that this controller sees to its end. */
export interface Watch {
  readonly play: number;
  readonly host: Host;
  readonly id: string;
  /** When this controller began to watch it, by its own clock. */
  readonly began: number;
  /** When it is over the transaction is in doubt. */
  readonly patience: Patience;
  /** What it is told when it asks to be confirmed; one that is to be undone is not. */
  readonly whenAwaiting: 'confirm' | 'wait';
}

interface Heard {
  lines: number;
  state: TransactionState;
  reason: string;
}

/** Tells the bus what a transaction's own lines say, each once however often they are read. */
const listen =
  ({ play, host, id }: Watch, heard: Heard, { bus }: Services) =>
  (from: number, news: string) => {
    const about = { play, host: host.name, transaction: id };
    for (const line of parseNews(from, news)) {
      if (line.index < heard.lines) continue;
      heard.lines = line.index + 1;
      const { index, hostTime } = line;
      if (line.is === 'phase') bus.emit({ type: 'transaction.phase', ...about, index, phase: line.phase, hostTime });
      if (line.is === 'state') {
        heard.state = line.state;
        heard.reason = line.reason ?? heard.reason;
        bus.emit({
          type: 'transaction.state',
          ...about,
          index,
          state: line.state,
          hostTime,
          reason: line.reason,
        });
      }
    }
  };

/** Confirms over a new connection: that the old one still lives proves nothing of the way in. */
const confirm = async (watch: Watch, services: Services, signal?: AbortSignal): Promise<void> => {
  const connection = await services.connections.fresh(watch.host, signal);
  try {
    const nonce = services.nonce();
    await converse(connection, confirmBatch(watch.id, { nonce, libraries: services.libraries }), nonce, {
      frame: () => {},
    });
  } finally {
    await connection.close();
  }
};

/** What a step in it came to, by what the host itself read before and after. */
const tellStep = (
  { play, host, began }: Watch,
  step: string,
  changes: readonly Change[],
  { bus, clock }: Services,
): void => {
  const outcome = changes.length === 0 ? 'ok' : 'changed';
  const ms = clock.now() - began;
  bus.emit({ type: 'step.finished', play, host: host.name, step, outcome, changes, way: null, message: null, ms });
};

const watchOnce = async (
  connection: Connection,
  watch: Watch,
  heard: Heard,
  services: Services,
  signal?: AbortSignal,
): Promise<TransactionState | 'gone'> => {
  const nonce = services.nonce();
  const tell = listen(watch, heard, services);
  let now: TransactionState | 'gone' = heard.state;
  let step = '';
  let was = '';
  await converse(connection, watchBatch(watch.id, heard.lines, { nonce, libraries: services.libraries }), nonce, {
    frame: (frame) => {
      if (frame.kind === 'news') tell(frame.index, frame.text);
      if (frame.kind === 'log')
        services.bus.emit({
          type: 'transaction.log',
          play: watch.play,
          host: watch.host.name,
          transaction: watch.id,
          text: frame.text,
        });
      if (frame.kind === 'step') step = frame.text;
      if (frame.kind === 'was') was = frame.text;
      if (frame.kind === 'now') tellStep(watch, step, changesBetween(was, frame.text), services);
      if (frame.kind === 'state') now = stateOf(frame.text) ?? now;
      if (frame.kind === 'gone') now = 'gone';
    },
    ...(signal === undefined ? {} : { signal }),
  });
  return now;
};

const awaitingMs = 1000;

/**
 * Watches a transaction to its end, over as many connections as it takes, and confirms it when it asks for that.
 * A lost link is no failure here: the host goes on by itself. `gone`: the host has nothing of that name.
 */
export const follow = async (
  first: Connection,
  watch: Watch,
  services: Services,
  signal?: AbortSignal,
): Promise<TransactionEnd | { readonly is: 'gone' }> => {
  const heard: Heard = { lines: 0, state: 'prepared', reason: '' };
  let connection = first;
  for (;;) {
    try {
      const state = await watchOnce(connection, watch, heard, services, signal);
      switch (state) {
        case 'done':
          return { is: 'done' };
        case 'undone':
        case 'stuck':
          return { is: state, reason: heard.reason };
        case 'gone':
          return { is: 'gone' };
        case 'awaiting':
          if (watch.whenAwaiting === 'confirm') await confirm(watch, services, signal);
          else await services.clock.sleep(awaitingMs, signal);
          break;
        case 'prepared':
        case 'running':
        case 'confirmed':
        case 'undoing':
          break;
      }
      if (watch.patience.over()) return { is: 'in-doubt', reason: `it is still ${state}` };
    } catch (error) {
      if (!mayPass(error)) throw error;
      try {
        connection = await reconnect(watch.host, error, watch.patience, services, signal);
      } catch (still) {
        if (still instanceof ConnectionError) return { is: 'in-doubt', reason: still.message };
        throw still;
      }
    }
  }
};

/** The same where a transaction is known to be: one that is gone is in doubt. */
export const knownEnd = (end: TransactionEnd | { readonly is: 'gone' }): TransactionEnd =>
  end.is === 'gone' ? { is: 'in-doubt', reason: 'its directory on the host is gone' } : end;
