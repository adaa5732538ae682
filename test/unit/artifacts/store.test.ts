import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/artifacts/index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'store-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

const digest = 'ab'.repeat(32);

describe('the store of builds', () => {
  it('has nothing to begin with, also where its directory is not made yet', async () => {
    expect(await openStore(join(directory, 'not', 'yet')).find('a')).toBeNull();
  });

  it('gives a build back, also to another run', async () => {
    const store = openStore(directory);
    await writeFile(store.fileFor('a'), 'build');
    await store.add('a', digest);
    expect(await openStore(directory).find('a')).toEqual({ file: join(directory, 'a.tar.gz'), sha256: digest });
    expect((await stat(join(directory, 'a.json'))).mode & 0o777).toBe(0o600);
  });

  it('does not count a build that was never whole', async () => {
    const store = openStore(directory);
    await writeFile(store.fileFor('a'), 'half of a bui');
    expect(await store.find('a')).toBeNull();
  });

  it('does not count a build whose file is gone', async () => {
    const store = openStore(directory);
    await store.add('a', digest);
    expect(await store.find('a')).toBeNull();
  });

  it.each([
    ['is cut off', '{"version": 1, "id'],
    ['is of another build', `{"version":1,"id":"b","sha256":"${digest}"}`],
    ['has no digest', '{"version":1,"id":"a","sha256":"short"}'],
    ['is of another version', `{"version":2,"id":"a","sha256":"${digest}"}`],
  ])('refuses a build whose manifest %s, with what to remove', async (_, text) => {
    const store = openStore(directory);
    await writeFile(store.fileFor('a'), 'build');
    await writeFile(join(directory, 'a.json'), text);
    await expect(store.find('a')).rejects.toMatchObject({
      code: 'artifacts.manifest',
      remedy: expect.stringContaining(`rm ${join(directory, 'a.json')}`),
    });
  });
});
