import { lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionSettings } from '../../../src/model/connection-settings.ts';
import { problem, transport } from './support/connecting.ts';
import { execute, makeKey, type Sshd, startSshd } from './support/sshd.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd([], ['ed25519', 'rsa']);
});
afterAll(() => sshd.stop());

const logIn = async (also: Partial<ConnectionSettings>): Promise<void> => {
  const connection = await transport({ also: () => also }).connect(sshd.host());
  await connection.close();
};

const fileOf = (name: string): string => join(sshd.directory, name);

/** The lines that ssh-keygen finds of the server. */
const found = async (file: string): Promise<readonly string[]> => {
  const { stdout } = await execute('ssh-keygen', ['-F', `[127.0.0.1]:${sshd.port}`, '-f', file]);
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
};

describe('with accept-new', () => {
  test('a host that nobody knew is recorded, privately, and known from then on', async () => {
    const file = join(fileOf('made'), 'known_hosts');
    await logIn({ hostKeyChecking: 'accept-new', userKnownHostsFiles: [file] });
    expect(await found(file)).toEqual([`[127.0.0.1]:${sshd.port} ${await sshd.publicHostKey('ed25519')}`]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await logIn({ hostKeyChecking: 'strict', userKnownHostsFiles: [file] });
  });

  test('its name is hashed where ssh_config wants that', async () => {
    const file = fileOf('hashed-anew');
    await logIn({ hostKeyChecking: 'accept-new', userKnownHostsFiles: [file], hashKnownHosts: 'yes' });
    expect(await readFile(file, 'utf8')).not.toContain('127.0.0.1');
    expect(await found(file)).toHaveLength(1);
  });

  test('it goes after what is there, also where the last line has no end, and into the file that a link names', async () => {
    await writeFile(fileOf('real'), 'other.example.org ssh-ed25519 AAAA', { mode: 0o640 });
    await symlink(fileOf('real'), fileOf('link'));
    await logIn({ hostKeyChecking: 'accept-new', userKnownHostsFiles: [fileOf('link')] });
    const lines = (await readFile(fileOf('real'), 'utf8')).split('\n');
    expect(lines[0]).toBe('other.example.org ssh-ed25519 AAAA');
    expect(lines[1]).toContain(`[127.0.0.1]:${sshd.port} ssh-ed25519 `);
    expect((await lstat(fileOf('link'))).isSymbolicLink()).toBe(true);
    expect((await stat(fileOf('real'))).mode & 0o777).toBe(0o640);
  });

  test('a changed key is refused all the same', async () => {
    const stranger = (await readFile(`${await makeKey(fileOf('stranger'))}.pub`, 'utf8')).trim();
    await writeFile(fileOf('changed'), `[127.0.0.1]:${sshd.port} ${stranger}\n`);
    const changed = { hostKeyChecking: 'accept-new', userKnownHostsFiles: [fileOf('changed')] } as const;
    expect(await problem(logIn(changed))).toMatchObject({ code: 'ssh.host-key-changed' });
    expect(await readFile(fileOf('changed'), 'utf8')).toBe(`[127.0.0.1]:${sshd.port} ${stranger}\n`);
  });

  test('a file that cannot be written ends it', async () => {
    const under = join(sshd.userKey, 'known_hosts');
    expect(
      await problem(logIn({ hostKeyChecking: 'accept-new', userKnownHostsFiles: ['/proc/self/known_hosts'] })),
    ).toMatchObject({ code: 'ssh.known-hosts-unwritable' });
    expect(await problem(logIn({ hostKeyChecking: 'accept-new', userKnownHostsFiles: [under] }))).toMatchObject({
      code: expect.stringMatching(/^ssh\.known-hosts-un/),
    });
  });

  test('/dev/null stays what it is', async () => {
    await logIn({ hostKeyChecking: 'accept-new', userKnownHostsFiles: ['/dev/null'] });
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });
});

describe('without any check', () => {
  test('a host that nobody knows is let through, and not recorded', async () => {
    await logIn({ hostKeyChecking: 'off', userKnownHostsFiles: [fileOf('none')] });
    await expect(stat(fileOf('none'))).rejects.toThrow('ENOENT');
  });

  test('a changed key is let through, and a revoked one is not', async () => {
    const stranger = (await readFile(`${await makeKey(fileOf('other'))}.pub`, 'utf8')).trim();
    await writeFile(fileOf('off'), `[127.0.0.1]:${sshd.port} ${stranger}\n`);
    await logIn({ hostKeyChecking: 'off', userKnownHostsFiles: [fileOf('off')] });
    await writeFile(fileOf('revoked'), `@revoked * ${await sshd.publicHostKey('ed25519')}\n`);
    expect(await problem(logIn({ hostKeyChecking: 'off', userKnownHostsFiles: [fileOf('revoked')] }))).toMatchObject({
      code: 'ssh.host-key-revoked',
    });
  });
});

describe('when a key is unknown', () => {
  test('what would turn the check off is named, with the flag that it takes', async () => {
    const { message } = await problem(
      logIn({ userKnownHostsFiles: [fileOf('nobody')], uncheckedAt: '~/.ssh/config:7' }),
    );
    expect(message).toContain(
      'That ~/.ssh/config:7 says not to verify it counts only with --insecure-no-host-key-check.',
    );
  });

  test('an authority that certifies such hosts points to the transport that can check it', async () => {
    const authority = (await readFile(`${await makeKey(fileOf('authority'))}.pub`, 'utf8')).trim();
    await writeFile(fileOf('certified'), `# ours\n@cert-authority [127.0.0.1]:* ${authority}\n`);
    expect(await problem(logIn({ userKnownHostsFiles: [fileOf('certified')] }))).toMatchObject({
      code: 'ssh.host-key-unknown',
      message: expect.stringContaining(`${fileOf('certified')}:2 trusts certificates alone`),
      remedy: expect.stringContaining('--transport openssh'),
    });
  });
});
