import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBus } from '../../../src/events/index.ts';
import { foldProgress, openJournal, readJournal } from '../../../src/journal/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { smooth, streams, undoes } from '../../golden/streams/index.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-journal-'));
});
afterEach(() => rm(directory, { recursive: true }));

const file = (): string => join(directory, 'journal.jsonl');
const record = async (events: readonly Stamped[]): Promise<void> => {
  const journal = await openJournal(directory);
  for (const event of events) journal.accept(event);
  await journal.close();
};

describe('the journal', () => {
  it.each(Object.entries(streams))('gives back what was recorded: %s', async (_, events) => {
    await record(events);
    expect(await readJournal(directory)).toEqual({ events, torn: null });
  });

  it('written before builds and transactions were named in it is read all the same', async () => {
    await record(smooth);
    const older = (await readFile(file(), 'utf8'))
      .replaceAll(/,"store":"[^"]*"/g, '')
      .replaceAll(/("type":"transaction.attached".*),"title":"swap"/g, '$1');
    expect(older).not.toContain('"store"');
    await writeFile(file(), older);
    const { events } = await readJournal(directory);
    expect(events[0]).toMatchObject({ type: 'run.started', store: null });
    expect(events.find(({ type }) => type === 'transaction.attached')).toMatchObject({ title: null });
  });

  it('holds the facts of hosts whose daemons run outside their units', async () => {
    const astray = smooth.map((event) =>
      event.type === 'host.facts' && event.facts.ovs !== null
        ? { ...event, facts: { ...event.facts, ovs: { ...event.facts.ovs, owner: 'astray' as const } } }
        : event,
    );
    await record(astray);
    expect((await readJournal(directory)).events).toEqual(astray);
  });

  it('is readable by its owner alone', async () => {
    await record(smooth);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('is on disk, in order, when durable() resolves, with no wait for anything later', async () => {
    const journal = await openJournal(directory);
    const bus = createBus({ run: 'r', clock: { now: () => 7 }, sinks: [journal] });
    bus.emit({ type: 'step.started', play: 0, host: 'hv01', step: 'a' });
    bus.emit({ type: 'batch.sent', play: 0, host: 'hv01', steps: ['a'] });
    await bus.durable();
    const { events } = await readJournal(directory);
    expect(events.map((event) => [event.seq, event.type])).toEqual([
      [1, 'step.started'],
      [2, 'batch.sent'],
    ]);
    await journal.close();
  });

  it('never writes over the journal of another run', async () => {
    await record(smooth);
    await expect(openJournal(directory)).rejects.toMatchObject({ code: 'journal.unwritable' });
  });
});

describe('a damaged journal', () => {
  const firstLines = async (count: number): Promise<string> =>
    (await readFile(file(), 'utf8')).split('\n').slice(0, count).join('\n');

  it('is read up to a last line that was cut, and says so', async () => {
    await record(smooth);
    await writeFile(file(), `${await firstLines(3)}\n{"v":1,"type":"host.st`);
    expect(await readJournal(directory)).toEqual({ events: smooth.slice(0, 3), torn: '{"v":1,"type":"host.st' });
  });

  it.each([
    ['and nothing after it', ''],
    [
      'and a line that reached the disk before them',
      '{"v":1,"type":"host.started","seq":9,"time":1,"run":"r","play":0,"host":"a"}\n',
    ],
  ])('is read up to the zeros that a power cut left %s', async (_, after) => {
    await record(smooth);
    const zeros = '\0'.repeat(4096);
    await writeFile(file(), `${await firstLines(3)}\n${zeros}\n${after}`);
    expect(await readJournal(directory)).toEqual({ events: smooth.slice(0, 3), torn: zeros });
  });

  it('keeps a last line of which only the line feed is missing', async () => {
    await record(smooth);
    await writeFile(file(), await firstLines(3));
    expect(await readJournal(directory)).toEqual({ events: smooth.slice(0, 3), torn: null });
  });

  it.each([
    ['text', 'oops'],
    ['an unknown event', '{"v":1,"type":"host.exploded","seq":1,"time":1,"run":"r"}'],
    ['an event without its facts', '{"v":1,"type":"host.started","seq":1,"time":1,"run":"r","play":0}'],
    ['an event of another format', '{"v":2,"type":"host.started","seq":1,"time":1,"run":"r","play":0,"host":"a"}'],
  ])('is refused with file and line when its middle is %s', async (_, line) => {
    await record(smooth);
    await writeFile(file(), `${await firstLines(2)}\n${line}\n${await firstLines(1)}\n`);
    await expect(readJournal(directory)).rejects.toMatchObject({
      code: 'journal.corrupt',
      message: expect.stringContaining(`${file()}:3 is damaged`),
    });
  });

  it('is readable from every cut: what was announced before it is all there', async () => {
    await record(undoes.slice(0, 12));
    const text = await readFile(file(), 'utf8');
    for (let cut = text.indexOf('\n') + 1; cut < text.length; cut += 97) {
      await writeFile(file(), text.slice(0, cut));
      const { events } = await readJournal(directory);
      expect(events).toEqual(undoes.slice(0, events.length));
      expect(foldProgress(events).run).toBe('20260113-010000-vnd0');
    }
  });

  it('that does not exist is an error with something to type', async () => {
    await expect(readJournal(directory)).rejects.toMatchObject({
      code: 'journal.unreadable',
      remedy: 'list the runs that can be: ovsfleet runs',
    });
  });
});
