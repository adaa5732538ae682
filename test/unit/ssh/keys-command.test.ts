import { execFile } from 'node:child_process';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { execute, makeKey, type Sshd, startSshd } from './support/sshd.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

// The whole program is started several times in each.
vi.setConfig({ testTimeout: 240_000 });

let hv01: Sshd;
let hv02: Sshd;
let bastion: Sshd;
let config = '';
let knownHosts = '';

beforeAll(async () => {
  [hv01, hv02, bastion] = await Promise.all([startSshd([], ['ed25519', 'rsa']), startSshd(), startSshd()]);
  config = join(hv01.directory, 'ssh_config');
  knownHosts = join(hv01.directory, 'keys', 'known_hosts');
  await copyFile(hv01.userKey, join(hv01.directory, 'key'));
  const { username } = userInfo();
  const block = (name: string, { port, userKey }: Sshd, more = ''): string =>
    `Host ${name}\n Port ${port}\n IdentityFile ${userKey}\n${more}`;
  await writeFile(
    config,
    [
      block('hv01', hv01),
      block('hv02', hv02),
      block('bastion', bastion),
      block('far', hv02, ' ProxyJump bastion\n HostKeyAlias far-away\n'),
      'Host gone\n Port 1\n',
      `Host *\n HostName 127.0.0.1\n User ${username}\n UserKnownHostsFile ${knownHosts}\n GlobalKnownHostsFile none\n`,
      'Host *\n IdentityAgent none\n IdentitiesOnly yes\n',
    ].join(''),
  );
}, 60_000);
afterAll(() => Promise.all([hv01, hv02, bastion].map((sshd) => sshd.stop())));

beforeEach(async () => {
  await execute('rm', ['-rf', join(hv01.directory, 'keys')]);
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const ovsfleetWith = (inventory: string, ...words: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...words, '-i', inventory, '-F', config],
      { cwd: hv01.directory, env: { PATH: process.env['PATH'], NO_COLOR: '1', LC_ALL: 'C.UTF-8' } },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

/** `hosts`: with commas between, as `-i` takes them. */
const ovsfleet = (hosts: string, ...words: readonly string[]): Promise<Said> => ovsfleetWith(`${hosts},`, ...words);

const fingerprintOf = async (publicKey: string): Promise<string> => {
  const file = join(hv01.directory, 'one.pub');
  await writeFile(file, `${publicKey}\n`);
  const { stdout } = await execute('ssh-keygen', ['-lf', file]);
  return stdout.split(' ')[1] ?? '';
};

describe('before the first run', () => {
  test('a host is refused, with the command that enrols it, and let in once it is enrolled', async () => {
    const refused = await ovsfleet('hv01', 'ping');
    expect(refused.code).toBe(4);
    expect(refused.out).toContain('ovsfleet keys trust hv01 -i');
    const trusted = await ovsfleet('hv01', 'keys', 'trust', 'hv01', '--yes');
    expect(trusted).toMatchObject({ code: 0, out: expect.stringContaining('recorded 2 keys of 1 machines') });
    expect((await stat(knownHosts)).mode & 0o777).toBe(0o600);
    expect(await ovsfleet('hv01', 'ping')).toMatchObject({ code: 0, out: expect.stringContaining('ok') });
  });

  test('nothing is recorded when nobody is there to say yes', async () => {
    expect(await ovsfleet('hv01', 'keys', 'trust')).toMatchObject({
      code: 2,
      err: expect.stringContaining('add --yes once you have compared'),
    });
    await expect(stat(knownHosts)).rejects.toThrow('ENOENT');
  });

  test('a file that keeps nothing is told before anybody is asked', async () => {
    const nowhere = '-o UserKnownHostsFile=/dev/null';
    const inventory = join(hv01.directory, 'nowhere.yaml');
    await writeFile(inventory, `all: {hosts: {hv02: {ansible_ssh_common_args: "${nowhere}"}}}\n`);
    expect(await ovsfleetWith(inventory, 'keys', 'trust', '--yes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('UserKnownHostsFile is /dev/null, which takes no keys'),
    });
  });

  test('a host that is gone is named, and the others are recorded', async () => {
    const { code, out } = await ovsfleet('hv02,gone', 'keys', 'trust', '--yes');
    expect(code).toBe(4);
    expect(out).toContain('no keys: gone: 127.0.0.1:1 refuses connections');
    expect(out).toContain('recorded 1 keys of 1 machines');
  });

  test('the keys of a jump host are recorded before those of the hosts behind it', async () => {
    expect(await ovsfleet('far', 'ping')).toMatchObject({
      code: 4,
      out: expect.stringMatching(/far: no way through its jump host bastion[\s\S]*keys trust far -i/),
    });
    expect(await ovsfleet('far', 'keys', 'trust', '--yes')).toMatchObject({ code: 0 });
    expect((await readFile(knownHosts, 'utf8')).split('\n').map((line) => line.split(' ')[0])).toEqual([
      `[127.0.0.1]:${bastion.port}`,
      'far-away',
      '',
    ]);
    expect(await ovsfleet('far', 'keys', 'diff')).toMatchObject({ code: 0 });
  });

  test('scan shows the keys as ssh-keygen has them, to programs as an object a machine', async () => {
    const { out } = await ovsfleet('hv02', 'keys', 'scan', '--json');
    expect(JSON.parse(out)).toEqual({
      host: 'hv02',
      address: '127.0.0.1',
      port: hv02.port,
      name: `[127.0.0.1]:${hv02.port}`,
      keys: [
        {
          type: 'ssh-ed25519',
          fingerprint: await fingerprintOf(await hv02.publicHostKey('ed25519')),
          standing: 'missing',
          known: null,
        },
      ],
    });
  });
});

test('hosts --ssh says how a host is reached, and who says it', async () => {
  const { code, out } = await ovsfleet('far', 'hosts', '--ssh');
  expect(code).toBe(0);
  const rows = new Map(out.split('\n').map((line) => [line.trim().split(/ {2,}/)[0] ?? '', line.trim()] as const));
  expect(rows.get('port')).toBe(`port                      ${hv02.port}  (${config}:11)`);
  expect(rows.get('proxyjump')).toContain(`${userInfo().username}@127.0.0.1:${bastion.port}  (${config}:13)`);
  expect(rows.get('hostkeyalias')).toContain(`far-away  (${config}:14)`);
  expect(rows.get('stricthostkeychecking')).toMatch(/^stricthostkeychecking +strict$/);
});

describe('when a key changed', () => {
  const changed = async (): Promise<string> => {
    const stranger = (
      await readFile(`${await makeKey(join(hv01.directory, `stranger-${Date.now()}`))}.pub`, 'utf8')
    ).trim();
    await execute('mkdir', ['-p', join(hv01.directory, 'keys')]);
    await writeFile(knownHosts, `# fleet\nhv09,[127.0.0.1]:${hv01.port} ${stranger}\n`);
    return stranger;
  };

  test('diff shows both fingerprints and where the old one is, and exits 5', async () => {
    const stranger = await changed();
    const { code, out } = await ovsfleet('hv01', 'keys', 'diff');
    expect(code).toBe(5);
    expect(out).toContain(await fingerprintOf(await hv01.publicHostKey('ed25519')));
    expect(out).toContain(`changed ${knownHosts}:2 has ssh-ed25519 ${await fingerprintOf(stranger)}`);
  });

  test('trust leaves it as it is unless told to replace it, and other hosts of the line stay', async () => {
    const stranger = await changed();
    expect(await ovsfleet('hv01', 'keys', 'trust', '--yes')).toMatchObject({
      code: 1,
      out: expect.stringContaining('not recorded: hv01'),
    });
    expect(await ovsfleet('hv01', 'keys', 'trust', '--yes', '--replace')).toMatchObject({ code: 0 });
    expect((await readFile(knownHosts, 'utf8')).split('\n').slice(0, 2)).toEqual(['# fleet', `hv09 ${stranger}`]);
    expect(await ovsfleet('hv01', 'ping')).toMatchObject({ code: 0 });
  });
});

test('with --accept-new-host-keys a new host is recorded by the way, and its other keys are no difference', async () => {
  expect(await ovsfleet('hv01', 'ping', '--accept-new-host-keys')).toMatchObject({ code: 0 });
  expect(await readFile(knownHosts, 'utf8')).toBe(`[127.0.0.1]:${hv01.port} ${await hv01.publicHostKey('ed25519')}\n`);
  expect(await ovsfleet('hv01', 'keys', 'diff')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^known_hosts has/),
  });
});

test('with --insecure-no-host-key-check nothing is recorded', async () => {
  expect(await ovsfleet('hv02', 'ping', '--insecure-no-host-key-check')).toMatchObject({ code: 0 });
  await expect(stat(knownHosts)).rejects.toThrow('ENOENT');
});
