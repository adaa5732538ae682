import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedBy, newRunDirectory, openJournal } from '../../../src/journal/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { smooth } from '../../golden/streams/index.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-changed-'));
});
afterEach(() => rm(base, { recursive: true }));

/** Run N of a fleet, which goes on with another one, and which began to swap these hosts. */
const id = (n: number): string => `2026011${n}-010000-aaaa`;
const record = async (n: number, resumes: number | null, hosts: readonly string[]): Promise<void> => {
  const journal = await openJournal(await newRunDirectory(base, id(n)));
  const [started] = smooth;
  if (started?.type !== 'run.started') throw new Error('the stream is another one');
  const stamp = { ...started, run: id(n) };
  const events: readonly Stamped[] = [
    { ...stamp, resumes: resumes === null ? null : id(resumes) },
    ...hosts.map(
      (host): Stamped => ({
        seq: stamp.seq,
        time: stamp.time,
        run: stamp.run,
        type: 'transaction.sent',
        play: 2,
        host,
        transaction: `${id(n)}-${host}`,
        title: 'swap',
        phases: [],
      }),
    ),
  ];
  for (const event of events) journal.accept(event);
  await journal.close();
};

describe('what a run changed', () => {
  beforeEach(async () => {
    await record(1, null, ['hv01', 'hv02']);
    await record(2, null, ['hv09']);
    await record(3, 1, ['hv03', 'hv02']);
    await record(4, 3, ['hv04']);
  });

  const whole = { runs: [id(1), id(3), id(4)], hosts: ['hv01', 'hv02', 'hv03', 'hv04'] };
  it.each([
    ['the first run of several that went on with one another', id(1), whole],
    ['one between', id(3), whole],
    ['the last', 'latest', whole],
    ['a run that nobody went on with', '20260112', { runs: [id(2)], hosts: ['hv09'] }],
  ])('is told of %s, with all that belongs to it', async (_, wanted, expected) => {
    expect(await changedBy(base, wanted)).toEqual(expected);
  });

  it('is an error when it began to change nothing: that is another run than was meant', async () => {
    await record(5, null, []);
    await expect(changedBy(base, 'latest')).rejects.toMatchObject({
      code: 'journal.changed-nothing',
      message: `run ${id(5)} changed no host's switch`,
    });
  });

  it('is told also when the journal of some other run is damaged, but not when its own is', async () => {
    await writeFile(join(await newRunDirectory(base, id(6)), 'journal.jsonl'), 'oops\n{"v":1}\n');
    expect(await changedBy(base, id(1))).toEqual(whole);
    await expect(changedBy(base, id(6))).rejects.toMatchObject({ code: 'journal.corrupt' });
  });
});
