import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newRunDirectory, openJournal, readProgress } from '../../../src/journal/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { smooth } from '../../golden/streams/index.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-chain-'));
});
afterEach(() => rm(base, { recursive: true }));

/** Run N of a fleet, which goes on with another one, and in which hosts said they have these kernels. */
const id = (n: number): string => `2026011${n}-010000-aaaa`;
const record = async (n: number, resumes: number | null, kernels: Readonly<Record<string, string>>): Promise<void> => {
  const directory = await newRunDirectory(base, id(n));
  const journal = await openJournal(directory);
  const facts = smooth.find((event) => event.type === 'host.facts');
  const [started] = smooth;
  if (started?.type !== 'run.started' || facts?.type !== 'host.facts') throw new Error('the stream is another one');
  const events: readonly Stamped[] = [
    { ...started, run: id(n), resumes: resumes === null ? null : id(resumes) },
    ...Object.entries(kernels).map(
      ([host, kernel]): Stamped => ({ ...facts, run: id(n), host, facts: { ...facts.facts, kernel } }),
    ),
  ];
  for (const event of events) journal.accept(event);
  await journal.close();
};

const kernels = async (wanted: string): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries([...(await readProgress(base, wanted)).facts].map(([host, { kernel }]) => [host, kernel]));

describe('a resume', () => {
  it('of a resume holds each host to what it said first, in whichever run that was', async () => {
    await record(1, null, { hv01: 'old' });
    await record(2, 1, { hv01: 'new', hv02: 'old' });
    await record(3, 2, { hv01: 'new', hv02: 'new', hv03: 'old' });
    expect(await kernels('latest')).toEqual({ hv01: 'old', hv02: 'old', hv03: 'old' });
    expect(await kernels(id(2))).toEqual({ hv01: 'old', hv02: 'old' });
  });

  it('goes on with the newest run that began, not with one that was killed as it started', async () => {
    await record(1, null, { hv01: 'old' });
    await newRunDirectory(base, id(2));
    await writeFile(join(await newRunDirectory(base, id(3)), 'journal.jsonl'), '');
    await writeFile(join(await newRunDirectory(base, id(4)), 'journal.jsonl'), '{"v":1,"type":"run.sta');
    expect((await readProgress(base, 'latest')).run).toBe(id(1));
  });

  it('says of the newest journal that it is damaged, and goes on with no older one instead', async () => {
    await record(1, null, { hv01: 'old' });
    await writeFile(join(await newRunDirectory(base, id(2)), 'journal.jsonl'), 'oops\n{"v":1}\n');
    await expect(readProgress(base, 'latest')).rejects.toMatchObject({
      code: 'journal.corrupt',
      message: expect.stringContaining(`${id(2)}/journal.jsonl:1 is damaged`),
    });
  });

  it('of a run that never began says that nothing was done', async () => {
    await writeFile(join(await newRunDirectory(base, id(3)), 'journal.jsonl'), '');
    await expect(readProgress(base, 'latest')).rejects.toMatchObject({ code: 'journal.empty' });
    await expect(readProgress(base, id(3))).rejects.toMatchObject({ code: 'journal.empty' });
  });

  it('without a run that it stands on is refused, with what to type', async () => {
    await record(2, 1, { hv01: 'new' });
    await expect(readProgress(base, 'latest')).rejects.toMatchObject({
      code: 'journal.no-such-run',
      message: `run ${id(2)} goes on with run ${id(1)}, whose journal is not there any more`,
      remedy: `put ${id(1)} back beside it, or begin anew: ovsfleet run playbooks/upgrade.ts`,
    });
  });

  it('is not led astray by journals that go on with each other', async () => {
    await record(1, 2, { hv01: 'one' });
    await record(2, 1, { hv01: 'two' });
    expect(await kernels('latest')).toEqual({ hv01: 'one' });
  });
});
