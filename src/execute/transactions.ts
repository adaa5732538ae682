import type { Change } from '../model/change.ts';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { TransactionState } from '../model/outcome.ts';
import type { Connection } from '../model/ports.ts';
import { changesBetween } from '../plan/index.ts';
import type { Transaction } from '../playbook/index.ts';
import { confirmBatch, phaseTitles, prepareBatch, watchBatch } from '../shell/index.ts';
import { type BatchEnd, converse } from './converse.ts';
import { type OpenTransaction, stateOf } from './open-transaction.ts';
import { mayPass, reconnect } from './reconnect.ts';
import type { Services } from './services.ts';
import { transactionText } from './transaction-text.ts';

/** How a transaction ended, as the host told it; `in-doubt` when the host could not be reached any more. */
export type TransactionEnd =
  | { readonly is: 'done' }
  | { readonly is: 'undone' | 'stuck'; readonly reason: string }
  | { readonly is: 'in-doubt'; readonly reason: string };

/** What the host may need beyond its own limits: to come up again after a crash, to undo, to release what was held. */
const graceMs = 600_000;

interface Watch {
  readonly play: number;
  readonly host: Host;
  readonly id: string;
  /** When this controller began to watch it, by its own clock. */
  readonly began: number;
  /** Controller's clock; past it the transaction is in doubt. */
  readonly untilMs: number;
}

interface Heard {
  lines: number;
  state: TransactionState;
  reason: string;
}

/** Tells the bus what a transaction's own lines say, each once however often they are read. */
const listen = (watch: Watch, heard: Heard, services: Services) => (from: number, news: string) => {
  const { play, host, id } = watch;
  news.split('\n').forEach((line, offset) => {
    const index = from + offset;
    if (index < heard.lines) return;
    heard.lines = index + 1;
    const [, time = '', kind = '', rest = ''] = /^(\d+) (\w+) ?(.*)$/.exec(line) ?? [];
    const hostTime = Number(time);
    if (kind === 'phase') {
      services.bus.emit({
        type: 'transaction.phase',
        play,
        host: host.name,
        transaction: id,
        index,
        phase: rest,
        hostTime,
      });
    }
    if (kind === 'state') {
      const [word = ''] = rest.split(' ', 1);
      const state = stateOf(word);
      if (state === null) return;
      const reason = rest.slice(word.length).trim();
      heard.state = state;
      if (reason !== '') heard.reason = reason;
      services.bus.emit({
        type: 'transaction.state',
        play,
        host: host.name,
        transaction: id,
        index,
        state,
        hostTime,
        reason: reason === '' ? null : reason,
      });
    }
  });
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

/**
 * Watches a transaction to its end, over as many connections as it takes, and confirms it when it asks for that.
 * A lost link is no failure here: the host goes on by itself. `gone`: the host has nothing of that name.
 */
const follow = async (
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
          await confirm(watch, services, signal);
          break;
        case 'prepared':
        case 'running':
        case 'confirmed':
        case 'undoing':
          break;
      }
      if (services.clock.now() > watch.untilMs) return { is: 'in-doubt', reason: `it is still ${state}` };
    } catch (error) {
      if (!mayPass(error)) throw error;
      try {
        connection = await reconnect(watch.host, error, watch.untilMs, services, signal);
      } catch (still) {
        if (still instanceof ConnectionError) return { is: 'in-doubt', reason: still.message };
        throw still;
      }
    }
  }
};

const knownEnd = (end: TransactionEnd | { readonly is: 'gone' }): TransactionEnd =>
  end.is === 'gone' ? { is: 'in-doubt', reason: 'its directory on the host is gone' } : end;

/** Takes up a transaction that was found open on a host, whoever began it, and sees it to its end. */
export const attach = async (
  connection: Connection,
  play: number,
  { id, title, state }: OpenTransaction,
  services: Services,
  signal?: AbortSignal,
): Promise<TransactionEnd> => {
  const { host } = connection;
  const began = services.clock.now();
  services.bus.emit({
    type: 'transaction.attached',
    play,
    host: host.name,
    transaction: id,
    title,
    state,
    found: true,
  });
  const watch: Watch = { play, host, id, began, untilMs: began + graceMs * 2 };
  return knownEnd(await follow(connection, watch, services, signal));
};

/** Starts a transaction on its host and sees it to its end; a batch end when the host would not let it start. */
export const runTransaction = async (
  connection: Connection,
  play: number,
  node: Transaction,
  services: Services,
  signal?: AbortSignal,
): Promise<TransactionEnd | { readonly is: 'not-begun'; readonly end: BatchEnd }> => {
  const { bus, clock } = services;
  const { host } = connection;
  const nonce = services.nonce();
  const id = `${services.run}-${nonce.slice(0, 6)}`;
  const text = transactionText(node, id);
  bus.emit({
    type: 'transaction.sent',
    play,
    host: host.name,
    transaction: id,
    title: node.title,
    phases: phaseTitles(text),
  });
  await bus.durable();
  const began = clock.now();
  const watch: Watch = { play, host, id, began, untilMs: began + node.confirmMs + node.deadlineMs + graceMs };
  let sent = false;
  const program = prepareBatch(text, {
    nonce,
    libraries: services.libraries,
    run: services.run,
    lockSeconds: 60,
    sha256: services.sha256,
  });
  try {
    const end = await converse(connection, program, nonce, {
      frame: (frame) => {
        if (frame.kind === 'sent') sent = true;
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (!sent) return { is: 'not-begun', end };
  } catch (error) {
    // The link may have gone after the host had it all: following it tells.
    if (!mayPass(error)) throw error;
    const again = await reconnect(host, error, watch.untilMs, services, signal);
    const end = await follow(again, watch, services, signal);
    // A program that was cut off in transit ran nothing: the host is as it was, and can be read and done anew.
    if (end.is === 'gone') throw error;
    return end;
  }
  bus.emit({
    type: 'transaction.attached',
    play,
    host: host.name,
    transaction: id,
    title: node.title,
    state: 'prepared',
    found: false,
  });
  return knownEnd(await follow(connection, watch, services, signal));
};
