import type { Connection } from '../model/ports.ts';
import type { Transaction } from '../playbook/index.ts';
import { phaseTitles, prepareBatch } from '../shell/index.ts';
import { type BatchEnd, converse } from './converse.ts';
import { follow, knownEnd, type TransactionEnd, type Watch } from './follow.ts';
import { lockText } from './host-lock.ts';
import { patience } from './patience.ts';
import { mayPass, reconnect } from './reconnect.ts';
import type { Services } from './services.ts';
import type { OpenTransaction } from './transaction-news.ts';
import { transactionText } from './transaction-text.ts';

/** What the host may need beyond its own limits: to come up again after a crash, to undo, to release what was held. */
const graceMs = 600_000;

/** Takes up a transaction that was found open on a host, whoever began it, and sees it to its end. */
export const attach = async (
  connection: Connection,
  play: number,
  { id, title, state, owner, sinceMs }: OpenTransaction,
  services: Services,
  signal?: AbortSignal,
  whenAwaiting: Watch['whenAwaiting'] = 'confirm',
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
    owner,
    sinceMs,
  });
  const watch: Watch = { play, host, id, began, patience: patience(graceMs * 2, services.clock), whenAwaiting };
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
  const long = patience(node.confirmMs + node.deadlineMs + graceMs, clock);
  const watch: Watch = { play, host, id, began, patience: long, whenAwaiting: 'confirm' };
  let sent = false;
  const program = prepareBatch(text, {
    nonce,
    libraries: services.libraries,
    lock: lockText(services),
    sha256: services.sha256,
  });
  try {
    const end = await converse(connection, program, nonce, {
      frame: (frame) => {
        if (frame.kind === 'sent') sent = true;
      },
      bus,
      ...(signal === undefined ? {} : { signal }),
    });
    if (!sent) return { is: 'not-begun', end };
  } catch (error) {
    // The link may have gone after the host had it all: following it tells.
    if (!mayPass(error)) throw error;
    const again = await reconnect(host, error, watch.patience, services, signal);
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
    owner: null,
    sinceMs: null,
  });
  return knownEnd(await follow(connection, watch, services, signal));
};
