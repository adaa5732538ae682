import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRun, listRuns, newRunDirectory, runId } from '../../../src/journal/index.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-runs-'));
});
afterEach(() => rm(base, { recursive: true }));

const ids = ['20260112-120103-aaaa', '20260113-010000-bbbb', '20260113-010000-cccc'];
const make = (): Promise<readonly string[]> => Promise.all(ids.map((id) => newRunDirectory(base, id)));

describe('the id of a run', () => {
  it('begins with the time in UTC and ends in something random', () => {
    expect(runId(Date.UTC(2026, 0, 12, 12, 1, 3), () => 0.6)).toBe('20260112-120103-kkkk');
    expect(runId(Date.UTC(2026, 0, 12, 12, 1, 3), () => 0.999)).toBe('20260112-120103-zzzz');
  });

  it('sorts by time', () => {
    const times = [Date.UTC(2025, 11, 31, 23, 59, 59), Date.UTC(2026, 0, 1), Date.UTC(2026, 10, 2)];
    const made = times.map((time, i) => runId(time, () => 0.9 - i / 10));
    expect([...made].sort()).toEqual(made);
  });
});

describe('run directories', () => {
  it('lie beside the inventory, for their owner alone', async () => {
    const directory = await newRunDirectory(base, 'x');
    expect(directory).toBe(join(base, '.ovsfleet', 'runs', 'x'));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('are never shared by two runs', async () => {
    await newRunDirectory(base, 'x');
    await expect(newRunDirectory(base, 'x')).rejects.toMatchObject({ code: 'journal.unwritable' });
  });

  it('are listed newest first, without what is no run', async () => {
    await make();
    await mkdir(join(base, '.ovsfleet', 'runs', 'lost+found'));
    expect((await listRuns(base)).map((run) => run.id)).toEqual([...ids].reverse());
  });

  it('are none where nothing ever ran', async () => {
    expect(await listRuns(base)).toEqual([]);
  });

  it.each([
    ['latest', '20260113-010000-cccc'],
    ['20260112-120103-aaaa', '20260112-120103-aaaa'],
    ['bbbb', '20260113-010000-bbbb'],
  ])('%s is found', async (wanted, id) => {
    await make();
    expect((await findRun(base, wanted)).id).toBe(id);
  });

  it.each([
    ['20260113', 'give one of: 20260113-010000-cccc, 20260113-010000-bbbb'],
    ['dddd', 'the newest run is 20260113-010000-cccc'],
  ])('%s is refused with what to type', async (wanted, remedy) => {
    await make();
    await expect(findRun(base, wanted)).rejects.toMatchObject({ code: 'journal.no-such-run', remedy });
  });

  it('that cannot be made are an error that names the place', async () => {
    await writeFile(join(base, '.ovsfleet'), '');
    await expect(newRunDirectory(base, 'x')).rejects.toMatchObject({
      code: 'journal.unwritable',
      remedy: expect.stringContaining(`make ${base} writable`),
    });
  });
});
