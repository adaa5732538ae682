import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRunDirectory, openJournal, readDurations } from '../../../src/journal/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { smooth, undoes } from '../../golden/streams/index.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-durations-'));
});
afterEach(() => rm(base, { recursive: true }));

const record = async (id: string, events: readonly Stamped[]): Promise<string> => {
  const directory = await newRunDirectory(base, id);
  const journal = await openJournal(directory);
  for (const event of events) journal.accept(event);
  await journal.close();
  return join(directory, 'journal.jsonl');
};

/** Of the hosts that a play changed, by the events themselves. */
const took = (events: readonly Stamped[], title: string): readonly number[] => {
  const play = events.flatMap((event) =>
    event.type === 'play.started' && event.title === title ? [event.play] : [],
  )[0];
  return events.flatMap((event) =>
    event.type === 'host.finished' && event.play === play && event.outcome === 'changed' ? [event.ms] : [],
  );
};
const title = (events: readonly Stamped[]): string =>
  events.flatMap((e) => (e.type === 'run.started' ? [e.title] : []))[0] ?? '';
const swap = 'Swap, a few at a time';

describe('how long hosts took', () => {
  it('is known by play, from all earlier runs of the playbook, of the hosts that were changed', async () => {
    await record('20260112-120103-aaaa', smooth);
    await record('20260113-120103-bbbb', undoes);
    const expected = [...took(undoes, swap), ...took(smooth, swap)];
    expect(expected.length).toBeGreaterThan(3);
    expect((await readDurations(base, title(smooth))).get(swap)).toEqual(expected);
  });

  it('is not taken from another playbook', async () => {
    await record('20260112-120103-aaaa', smooth);
    expect(await readDurations(base, 'Another')).toEqual(new Map());
  });

  it('is not known before the first run', async () => {
    expect(await readDurations(base, title(smooth))).toEqual(new Map());
  });

  it('is no reason to stumble over a journal that is damaged or gone', async () => {
    await record('20260112-120103-aaaa', smooth);
    const damaged = await record('20260113-120103-bbbb', []);
    await writeFile(damaged, 'nonsense\n{"type":"host.finished"}\n');
    await newRunDirectory(base, '20260114-120103-cccc');
    expect((await readDurations(base, title(smooth))).get(swap)?.length).toBeGreaterThan(0);
  });

  it('is taken from the newest twenty runs: what was a year ago says little', async () => {
    for (let run = 10; run < 35; run += 1) await record(`202601${run}-120103-aaaa`, smooth);
    const each = (await readDurations(base, title(smooth))).get(swap)?.length ?? 0;
    await rm(join(base, '.ovsfleet'), { recursive: true });
    await record('20260112-120103-aaaa', smooth);
    expect(each).toBe(20 * ((await readDurations(base, title(smooth))).get(swap)?.length ?? 0));
  });
});
