import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  confirmBatch,
  type LibrarySource,
  listBatch,
  phaseTitles,
  prepareBatch,
  putRightBatch,
  sh,
  showBatch,
  type TransactionText,
  undoBatch,
  watchBatch,
} from '../../../src/shell/index.ts';
import { lockOf, nonce } from './support/sandbox.ts';

const libraries: LibrarySource = (name) =>
  readFileSync(new URL(`../../../templates/host/${name}.sh`, import.meta.url), 'utf8');

const swap: TransactionText = {
  id: '20260113-010000-k3f9-0a1b2c',
  title: 'Exchange the switch: it\'s "hot"',
  confirmSeconds: 90,
  deadlineSeconds: 300,
  holds: [{ title: 'agent is held', before: sh`: >/run/held`, after: sh`rm -f /run/held` }],
  promises: [
    { title: 'flows', read: sh`cat /etc/hosts`, readAfterReboot: sh`cat /etc/hosts`, save: sh`:`, end: sh`:` },
  ],
  steps: [
    {
      title: "release is '3.5'",
      read: sh`cat /etc/release`,
      want: 'a=1\nb=2',
      withinSeconds: 30,
      phases: [
        { title: 'stop', run: sh`:` },
        { title: "start what's new", run: sh`:` },
      ],
      undo: sh`:`,
    },
    { title: 'daemons answer', read: sh`echo yes`, want: 'yes', withinSeconds: 0, phases: [], undo: sh`:` },
  ],
};
const nothing: TransactionText = { ...swap, holds: [], promises: [], steps: [] };
const options = { nonce, libraries };
const prepare = (text: TransactionText): string =>
  prepareBatch(text, {
    ...options,
    lock: lockOf('run-1'),
    sha256: (program) => createHash('sha256').update(program).digest('hex'),
  });

/** The program as the host's unit runs it: what stands between the first end-of-file marks. */
const programOf = (batch: string): string => {
  const end = `end-of-file-${nonce}`;
  const from = batch.indexOf('\n', batch.indexOf(`<<'${end}'`)) + 1;
  return batch.slice(from, batch.indexOf(end, from));
};

describe('shellcheck', () => {
  it.each<[string, string]>([
    ['what prepares a transaction', prepare(swap)],
    ['the program of a transaction', programOf(prepare(swap))],
    ['the program of a transaction of nothing', programOf(prepare(nothing))],
    ['what watches one', watchBatch(swap.id, 3, options)],
    ['what confirms one', confirmBatch(swap.id, options)],
    ['what lists all', listBatch(options)],
    ['what shows one', showBatch('', options)],
    ['what has one undone', undoBatch(swap.id, "root@it's here", options)],
    ['what says that one was put right', putRightBatch(swap.id, 'root@here', 'accept', options)],
  ])('has nothing to say of %s', (_, program) => {
    const ran = spawnSync('shellcheck', ['--shell=sh', '--format=gcc', '-'], { input: program, encoding: 'utf8' });
    expect(ran.error).toBeUndefined();
    expect(ran.stdout + ran.stderr).toBe('');
  });
});

describe('a transaction', () => {
  it('names its phases beforehand, in order', () => {
    expect(phaseTitles(swap)).toEqual(['agent is held', 'capture: flows', 'stop', "start what's new", 'verify']);
  });

  it('sends a program that is the one whose digest it sends', () => {
    const batch = prepare(swap);
    const digest = createHash('sha256').update(programOf(batch)).digest('hex');
    expect(batch).toContain(`fleet_tx_make ${swap.id} ${digest} `);
  });

  it('gives systemd more time than its own limit, so that it ends itself first', () => {
    expect(Number(/^TimeoutStartSec=(\d+)$/m.exec(prepare(swap))?.[1])).toBeGreaterThanOrEqual(390);
  });
});
