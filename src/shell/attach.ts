import { type BatchOptions, type LockText, lockLine } from './batch.ts';
import { quote } from './quote.ts';
import { type TransactionText, transactionProgram, transactionUnit } from './transaction.ts';

const attachProgram = (
  options: BatchOptions,
  more: readonly string[],
  begin: string,
  body: readonly string[],
): string =>
  [
    'fleet_main() {',
    'LC_ALL=C; export LC_ALL',
    'PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH',
    `fleet_nonce=${quote(options.nonce)}`,
    ...['batch', 'attach', ...more].map((name) => options.libraries(name).trimEnd()),
    begin,
    ...body,
    // Let go before it is told: whoever hears of the end may come with the next batch at once.
    'fleet_end',
    "fleet_frame end 0 ''",
    '}',
    'fleet_main',
    '',
  ].join('\n');

const ifNoneIsOpen = 'fleet_begin || return 0';
const also = 'fleet_begin || [ "$fleet_open" = 1 ] || return 0';

/** A batch that puts a transaction's program on the host and starts it, without waiting for it. */
export const prepareBatch = (
  transaction: TransactionText,
  options: BatchOptions & { readonly lock: LockText; readonly sha256: (text: string) => string },
): string => {
  const program = transactionProgram(transaction, options.libraries);
  const end = `end-of-file-${options.nonce}`;
  const words = [transaction.id, options.sha256(program), options.lock.owner, transaction.title].map(quote).join(' ');
  return attachProgram(options, [], ifNoneIsOpen, [
    lockLine(options.lock),
    `fleet_tx_make ${words} <<'${end}' || return 0`,
    `${program}${end}`,
    `fleet_tx_start ${quote(transaction.id)} <<'${end}' || return 0`,
    `${transactionUnit(transaction)}${end}`,
  ]);
};

/** A batch that gives out what a transaction does, from that line of its events on, until it ends or wants to be confirmed. */
export const watchBatch = (id: string, fromLine: number, options: BatchOptions): string =>
  attachProgram(options, [], also, [`fleet_tx_watch ${quote(id)} ${fromLine} || return 0`]);

/** A batch that confirms a transaction which waits for it. */
export const confirmBatch = (id: string, options: BatchOptions): string =>
  attachProgram(options, [], also, [`fleet_tx_confirm ${quote(id)}`]);

/** A batch that tells all transactions of a host, newest first. */
export const listBatch = (options: BatchOptions): string =>
  attachProgram(options, ['put-right'], also, ['fleet_tx_list || return 0']);

/** A batch that tells all that is known of one; without an id of the one that most wants to be looked at. */
export const showBatch = (id: string, options: BatchOptions): string =>
  attachProgram(options, ['put-right'], also, [`fleet_tx_show ${quote(id)} || return 0`]);

/** A batch that has one undone: an open one now, a stuck one once more. */
export const undoBatch = (id: string, who: string, options: BatchOptions): string =>
  attachProgram(options, ['put-right'], also, [`fleet_tx_undo ${quote(id)} ${quote(who)} || return 0`]);

/** A batch that says of a stuck one that it was put right by hand, once it has been read again what is not as before. */
export const putRightBatch = (
  id: string,
  who: string,
  differences: 'refuse' | 'accept',
  options: BatchOptions,
): string =>
  attachProgram(options, ['put-right'], also, [
    `fleet_tx_put_right ${quote(id)} ${quote(who)} ${differences} || return 0`,
  ]);
