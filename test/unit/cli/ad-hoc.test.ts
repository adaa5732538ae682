import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Sshd, startSshd } from '../ssh/support/sshd.ts';

// The built program on a machine with other things to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

let sshd: Sshd;
let directory = '';
beforeAll(async () => {
  sshd = await startSshd();
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-ad-hoc-'));
  const vars = [
    'ansible_host: 127.0.0.1',
    `ansible_port: ${sshd.port}`,
    `ansible_ssh_private_key_file: ${sshd.userKey}`,
    `ovsfleet_known_hosts: ${sshd.knownHosts}`,
  ].join(', ');
  await writeFile(join(directory, 'hosts.yaml'), `all:\n  hosts:\n    hv[01:03]:\n  vars: {${vars}}\n`);
  await writeFile(
    join(directory, 'dark.yaml'),
    `all:\n  hosts:\n    hv01:\n    hv09: { ansible_port: 1 }\n  vars: {${vars}}\n`,
  );
  await writeFile(
    join(directory, 'confided.yaml'),
    `all:\n  hosts:\n    hv01:\n  vars: {${vars}, ansible_become_password: "it's hunter2", ansible_become: false}\n`,
  );
  await writeFile(join(directory, 'ovsfleet.yaml'), 'inventory: hosts.yaml\n');
  await mkdir(join(directory, 'home'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await sshd.stop();
});

const call = (words: readonly string[], stdin = '') =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: join(directory, 'home') };
    const child = execFile(process.execPath, [main, ...words], { cwd: directory, env }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end(stdin);
  });

describe('hosts that are asked', () => {
  test('are found by the configuration, and stand together when they answer alike', async () => {
    expect(await call(['exec', 'all', '--', 'echo', 'same'])).toEqual({
      code: 0,
      out: 'hv[01-03] (3)\nsame\n',
      err: '',
    });
  });

  test('answer to ping and to facts as one', async () => {
    expect(await call(['ping'])).toEqual({ code: 0, out: 'hv[01-03] (3)\nok\n', err: '' });
    const { code, out } = await call(['facts', 'hv01', '--json']);
    expect(JSON.parse(out)).toMatchObject({ host: 'hv01', code: 0, facts: { kernel: expect.stringMatching(/^\d/) } });
    expect(code).toBe(0);
  });

  test('give the worst code, each its own: a command that failed, a host that is dark', async () => {
    const failed = await call(['exec', 'hv01', '--', 'echo said; exit 3']);
    expect(failed).toMatchObject({ code: 1, out: 'hv01 (1)\nsaid\n(exit status 3)\n' });
    const dark = await call(['exec', 'all', '-i', 'dark.yaml', '--', 'true']);
    expect(dark.code).toBe(4);
    expect(dark.out).toMatch(/hv01 \(1\)/);
    expect(dark.out).toMatch(/hv09 \(1\)\n.*refuses connections.*\n {2}→ /);
  });

  test('are told by line, as they print, with --stream, and at the end who did not end well', async () => {
    const { code, out, err } = await call(['exec', 'hv[01-02]', '--stream', '--', 'echo a; echo b >&2; exit 2']);
    expect(out.trim().split('\n').toSorted()).toEqual(['hv01: a', 'hv02: a']);
    expect(err).toMatch(/hv0[12]: b\n/);
    expect(err).toMatch(/hv\[01-02\] \(2\)\n\(exit status 2\)\n$/);
    expect(code).toBe(1);
  });

  test.each([
    ['together', []],
    ['each by itself', ['--per-host']],
    ['line by line', ['--stream']],
    ['as JSON', ['--json']],
  ])('are not quoted with a password that they print, told %s', async (_, flags) => {
    const says = `echo "it's hunter2" >&2; printf '%s\\n' aXQncyBodW50ZXIy; exit 1`;
    const { out, err } = await call(['exec', 'hv01', '-i', 'confided.yaml', ...flags, '--', says]);
    expect(out + err).not.toMatch(/hunter2|aXQncy/);
    expect(`${out}${err}`.match(/‹secret›/g)).toHaveLength(2);
  });

  test('run a script with its arguments, and read what stands on stdin', async () => {
    await writeFile(
      join(directory, 'sum.pl'),
      '#!/usr/bin/env perl\nprint $ARGV[0] + $ARGV[1], "\\n"; print <STDIN>;\n',
    );
    const said = await call(['exec', 'all', '--script', 'sum.pl', '--stdin', '--', '40', '2'], 'a b\n');
    expect(said).toEqual({ code: 0, out: 'hv[01-03] (3)\n42\na b\n', err: '' });
  });

  test('are told as JSON, streams apart', async () => {
    const { out } = await call(['exec', 'hv02', '--json', '--', 'echo o; echo e >&2; kill -9 $$']);
    expect(JSON.parse(out)).toEqual({
      host: 'hv02',
      code: 1,
      exit: null,
      signal: 'SIGKILL',
      stdout: 'o\n',
      stderr: 'e\n',
    });
  });

  test('show what they said until Ctrl-C, and are not asked on', async () => {
    const words = ['exec', 'all', '--stream', '--', `echo begun; sleep 600 # ${directory}`];
    const child = spawn(process.execPath, [main, ...words], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.match(/begun/g)?.length === 3) child.kill('SIGINT');
    });
    expect(await ended).toBe(130);
    expect(out.trim().split('\n').toSorted()).toEqual(['hv01: begun', 'hv02: begun', 'hv03: begun']);
  });
});

describe('files', () => {
  test('are copied with their mode, once, and fetched under the names of their hosts', async () => {
    const remote = join(sshd.directory, 'deep', 'copied.conf');
    await writeFile(join(directory, 'a.conf'), 'one\n');
    const first = await call(['copy', 'hv01', 'a.conf', remote, '--mode', '0640']);
    expect(first).toMatchObject({ code: 0, out: `hv01 (1)\nsent ${remote}\n` });
    expect((await stat(remote)).mode & 0o7777).toBe(0o640);
    expect(await call(['copy', 'hv01', 'a.conf', remote, '--mode', '0640'])).toMatchObject({
      out: `hv01 (1)\n${remote} is there already\n`,
    });
    expect(await call(['fetch', 'hv[01-02]', remote, 'got'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^hv\[01-02\] \(2\)\nfetched 4 B/),
    });
    expect(await readFile(join(directory, 'got', 'hv02', remote), 'utf8')).toBe('one\n');
  });

  test.each([
    [['copy', 'hv01', 'none.conf', '/tmp/x'], /There is no file none\.conf/],
    [['copy', 'hv01', 'home', '/tmp/x'], /home is no file[\s\S]*tar/],
    [['copy', 'hv01', 'hosts.yaml', 'tmp/x'], /does not begin with a slash/],
    [['copy', 'hv01', 'hosts.yaml', '/tmp/x', '-m', 'rw'], /--mode rw is no mode/],
    [['fetch', 'hv01', 'etc/hostname', 'got'], /is not the whole path of a file/],
    [['exec', 'hv01', '--script', 'none.sh'], /none\.sh cannot be read/],
    [['exec', 'hv01'], /There is no command to run[\s\S]*-- uptime/],
  ])('%j is refused before anybody is asked', async (words, says) => {
    const { code, out, err } = await call(words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
  });
});

describe('hosts', () => {
  test('are listed, folded and counted without being asked', async () => {
    const here = ['-i', 'dark.yaml'];
    expect((await call(['hosts', ...here, '--fold'])).out).toBe('hv[01,09]\n');
    expect((await call(['hosts', 'all:!hv01', ...here, '--count'])).out).toBe('1\n');
    expect((await call(['hosts', 'hv09', ...here])).out).toMatch(/^hv09 +\S+@127\.0\.0\.1:1 {2}ungrouped\n$/);
  });
});
