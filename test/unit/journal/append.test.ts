import { describe, expect, it } from 'vitest';
import { type JournalHandle, journalOn } from '../../../src/journal/append.ts';
import type { FleetEvent, Stamped } from '../../../src/model/event.ts';

const at = (seq: number, event: FleetEvent): Stamped => ({ ...event, seq, time: 0, run: 'r' });
const started = (seq: number): Stamped => at(seq, { type: 'host.started', play: 0, host: `hv${seq}` });
const output = (seq: number): Stamped =>
  at(seq, { type: 'step.output', play: 0, host: 'hv01', step: 'a', text: 'line\n' });

/** A disk that does what it is told when it is told: `step()` ends the oldest operation. */
const disk = () => {
  const log: string[] = [];
  const waiting: (() => void)[] = [];
  const doing = (what: string): Promise<void> => {
    log.push(what);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const handle: JournalHandle = {
    appendFile: (text) => doing(`write ${String(text).split('\n').length - 1}`),
    datasync: () => doing('sync'),
    close: () => doing('close'),
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const step = async (): Promise<void> => {
    await turn();
    waiting.shift()?.();
    await turn();
  };
  return { handle, log, step };
};

const failingOn = (which: 'write' | 'sync'): JournalHandle => {
  const fail = (): Promise<void> => Promise.reject(new Error('ENOSPC: no space left on device'));
  const work = (): Promise<void> => Promise.resolve();
  return { appendFile: which === 'write' ? fail : work, datasync: which === 'sync' ? fail : work, close: work };
};

describe('writing the journal', () => {
  it('writes what is emitted together at once, with one fdatasync', async () => {
    const { handle, log, step } = disk();
    const journal = journalOn('j', handle);
    for (const seq of [1, 2, 3]) journal.accept(started(seq));
    await step();
    await step();
    await journal.durable();
    expect(log).toEqual(['write 3', 'sync']);
  });

  it('gathers what comes while the disk is busy into the next group', async () => {
    const { handle, log, step } = disk();
    const journal = journalOn('j', handle);
    journal.accept(started(1));
    await step();
    for (const seq of [2, 3]) journal.accept(started(seq));
    for (const _ of ['sync', 'write', 'sync']) await step();
    await journal.durable();
    expect(log).toEqual(['write 1', 'sync', 'write 2', 'sync']);
  });

  it('does not sync output, unless somebody asks whether it is safe', async () => {
    const { handle, log, step } = disk();
    const journal = journalOn('j', handle);
    journal.accept(output(1));
    await step();
    expect(log).toEqual(['write 1']);
    const durable = journal.durable();
    await step();
    await durable;
    expect(log).toEqual(['write 1', 'sync']);
  });

  it('is not durable before the disk said so', async () => {
    const { handle, step } = disk();
    const journal = journalOn('j', handle);
    let safe = false;
    journal.accept(started(1));
    const durable = journal.durable().then(() => {
      safe = true;
    });
    await step();
    expect(safe).toBe(false);
    await step();
    await durable;
    expect(safe).toBe(true);
  });

  it.each(['write', 'sync'] as const)(
    'on a full disk (%s) nothing may be done: durable() rejects, and keeps rejecting; it is told once, and the run can end',
    async (which) => {
      const told: string[] = [];
      const journal = journalOn('/x/journal.jsonl', failingOn(which), ({ code }) => told.push(code));
      journal.accept(started(1));
      const refused = {
        code: 'journal.unwritable',
        message: '/x/journal.jsonl cannot be written: ENOSPC: no space left on device',
        remedy: 'make room on its disk, then: ovsfleet resume latest',
      };
      await expect(journal.durable()).rejects.toMatchObject(refused);
      journal.accept(started(2));
      await expect(journal.durable()).rejects.toMatchObject(refused);
      expect(told).toEqual(['journal.unwritable']);
      expect(journal.failure()).toMatchObject(refused);
      await journal.close();
    },
  );
});
