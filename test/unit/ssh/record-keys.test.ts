import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordKeys } from '../../../src/ssh/record-keys.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./support/record-keys.ts', import.meta.url));
const jiti = fileURLToPath(new URL('../../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));

const keyType = 'ssh-ed25519';
const keyOf = (fill: number): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from(keyType), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, fill)]);
const lineOf = (name: string, fill: number): string => `${name} ${keyType} ${keyOf(fill).toString('base64')}`;
const added = (name: string, fill: number, others: 'keep' | 'replace' = 'keep') =>
  [{ name, keys: [{ keyType, key: keyOf(fill) }], others }] as const;

let directory = '';
let file = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-record-'));
  file = join(directory, 'known_hosts');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const lines = async (): Promise<readonly string[]> => (await readFile(file, 'utf8')).split('\n');

describe('several programs that record keys in one file at once', () => {
  it.each([
    ['all of them new hosts', ['keep', 'keep', 'keep', 'keep']],
    ['some of them hosts that were installed anew', ['keep', 'replace', 'replace', 'keep']],
  ] as const)('lose no line and tear none: %s', async (_, manners) => {
    const each = 15;
    const old = manners.flatMap((__, who) =>
      Array.from({ length: each }, (___, index) => lineOf(`w${who}-${index}`, 1)),
    );
    // With an old key of each that is replaced, every record is a rewrite of the whole file.
    await writeFile(
      file,
      `${['# ours', ...old.filter((line) => manners[Number(line[1])] === 'replace')].join('\n')}\n`,
    );
    await Promise.all(
      manners.map((manner, who) =>
        run(process.execPath, [jiti, program, file, `w${who}`, `${each}`, keyOf(2).toString('base64'), manner]),
      ),
    );
    const wanted = manners.flatMap((__, who) =>
      Array.from({ length: each }, (___, index) => lineOf(`w${who}-${index}`, 2)),
    );
    expect((await lines()).toSorted()).toEqual(['', '# ours', ...wanted].toSorted());
    expect(await readdir(directory)).toEqual(['known_hosts']);
  });

  it('record a key once that both of them found missing', async () => {
    await Promise.all([recordKeys(file, added('hv01', 1), 'no'), recordKeys(file, added('hv01', 1), 'no')]);
    expect(await lines()).toEqual([lineOf('hv01', 1), '']);
  });
});

describe('a file of known hosts that keys are recorded in', () => {
  it('gets a line of its own also after a last line that is not ended', async () => {
    await writeFile(file, lineOf('hv01', 1));
    await recordKeys(file, added('hv02', 2), 'no');
    expect(await lines()).toEqual([lineOf('hv01', 1), lineOf('hv02', 2), '']);
  });

  it.each(['keep', 'replace'] as const)('stays the file that a link leads to, with its mode (%s)', async (others) => {
    const target = join(directory, 'shared');
    await writeFile(target, `${lineOf('hv01', 1)}\n`);
    await chmod(target, 0o640);
    await symlink('shared', file);
    await recordKeys(file, added('hv01', 2, others), 'no');
    expect(await readlink(file)).toBe('shared');
    expect((await stat(target)).mode & 0o777).toBe(0o640);
    expect(await lines()).toEqual([...(others === 'keep' ? [lineOf('hv01', 1)] : []), lineOf('hv01', 2), '']);
  });

  it('is made for its owner alone, with the directory that it is to lie in', async () => {
    file = join(directory, 'ssh', 'known_hosts');
    await recordKeys(file, added('hv01', 1), 'no');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'ssh'))).mode & 0o777).toBe(0o700);
  });

  it('is made where a link leads to that leads nowhere yet', async () => {
    await symlink('later', file);
    await recordKeys(file, added('hv01', 1), 'no');
    expect(await readlink(file)).toBe('later');
    expect(await lines()).toEqual([lineOf('hv01', 1), '']);
  });

  it('is left alone when it is none', async () => {
    await recordKeys('/dev/null', added('hv01', 1), 'no');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});
