import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { downloadScript, mark, uploadScript } from '../../../src/connection/remote-script.ts';

let directory = '';
let busyboxOnly = '';

const installed = (name: string): boolean => spawnSync(name, ['--help'], { stdio: 'ignore' }).error === undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-script-'));
  busyboxOnly = join(directory, 'busybox-bin');
  await mkdir(busyboxOnly);
  for (const name of [
    'sh',
    'cat',
    'cut',
    'sha256sum',
    'chmod',
    'dirname',
    'mkdir',
    'mktemp',
    'rm',
    'dd',
    'sync',
    'mv',
  ]) {
    await symlink('/bin/busybox', join(busyboxOnly, name));
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const runScript = (shell: string, script: string, args: readonly string[], stdin: string) =>
  new Promise<{ readonly code: number | null; readonly out: string }>((resolve, reject) => {
    const busybox = shell === 'busybox';
    const child = spawn(busybox ? join(busyboxOnly, 'sh') : shell, ['-c', script, 'ovsfleet', ...args], {
      env: { PATH: busybox ? busyboxOnly : '/usr/bin:/bin', SHLVL: '2' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let out = '';
    child.on('error', reject);
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    // What comes before the mark is what a login shell printed.
    child.on('close', (code) => resolve({ code, out: out.split(mark).at(-1) ?? '' }));
  });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe.each(['dash', 'bash', 'busybox'].filter(installed))('with %s', (shell) => {
  test('a file is stored, recognised and read back', async () => {
    const target = join(directory, shell, 'a b', 'file');
    const upload = [target, sha256('content'), '0600'];
    expect(await runScript(shell, uploadScript, upload, 'content')).toEqual({ code: 0, out: 'send\nstored\n' });
    expect(await runScript(shell, uploadScript, upload, '')).toEqual({ code: 0, out: 'have\n' });
    expect(await runScript(shell, downloadScript, [target], '')).toEqual({
      code: 0,
      out: `${sha256('content')}\ncontent`,
    });
    expect(await readFile(target, 'utf8')).toBe('content');
  });

  test('half a file is not stored', async () => {
    const home = join(directory, `${shell}-half`);
    expect(await runScript(shell, uploadScript, [join(home, 'file'), sha256('content'), '0600'], 'cont')).toMatchObject(
      { code: 65 },
    );
    expect(await readdir(home)).toEqual([]);
  });
});

test.skipIf(!installed('shellcheck')).each([
  ['upload', uploadScript],
  ['download', downloadScript],
])('shellcheck finds nothing in the %s script', (_, script) => {
  expect(spawnSync('shellcheck', ['-s', 'sh', '-'], { input: script, encoding: 'utf8' }).stdout).toBe('');
});
