import { execFile } from 'node:child_process';
import { access, chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { agentWith } from '../../unit/ssh/support/agent.ts';
import { type Sshd, startSshd } from '../../unit/ssh/support/sshd.ts';
import { newOperator, type Operator } from './operator.ts';
import { type Realm, startRealm } from './realm.ts';

const execute = promisify(execFile);
const { username } = userInfo();

/** Installs what the machine does not have; a Debian where we are root. */
const need = async (wanted: Readonly<Record<string, string>>): Promise<void> => {
  const missing: string[] = [];
  for (const [path, name] of Object.entries(wanted)) await access(path).catch(() => missing.push(name));
  if (missing.length === 0) return;
  await execute('apt-get', ['update', '-qq']);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await execute('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
};

const acceptedBy = (sshd: Sshd): readonly string[] =>
  sshd.log.flatMap((line) => /^Accepted (\S+) for/.exec(line)?.[1] ?? []);

const reachedAs = (sshd: Sshd, more: readonly string[]): readonly string[] => [
  'Host hv01',
  '  HostName localhost',
  '  AddressFamily inet',
  `  Port ${sshd.port}`,
  `  User ${username}`,
  `  HostKeyAlias [127.0.0.1]:${sshd.port}`,
  `  UserKnownHostsFile ${sshd.knownHosts}`,
  '  IdentityAgent none',
  ...more.map((line) => `  ${line}`),
];

/** Its keytab is that of localhost, whatever this machine is called. */
const tickets = ['GSSAPIAuthentication yes', 'GSSAPIStrictAcceptorCheck no'];

describe('a host that takes Kerberos tickets', () => {
  let operator: Operator;
  let realm: Realm;
  let sshd: Sshd;

  const serve = async (...settings: readonly string[]): Promise<void> => {
    await sshd?.stop();
    sshd = await startSshd([...tickets, ...settings], ['ed25519'], async () => [
      'env',
      `KRB5_CONFIG=${realm.env['KRB5_CONFIG']}`,
      `KRB5_KTNAME=${realm.keytab}`,
    ]);
  };
  const exec = (env: Readonly<Record<string, string>>, ...more: readonly string[]) =>
    operator.ovsfleet(['exec', 'hv01', ...more, '--', 'id -un'], { ...realm.env, ...env });
  const noTickets = (): Readonly<Record<string, string>> => ({ KRB5CCNAME: `FILE:${operator.directory}/none` });

  beforeAll(async () => {
    await need({
      '/usr/sbin/krb5kdc': 'krb5-kdc',
      '/usr/sbin/kadmin.local': 'krb5-admin-server',
      '/usr/bin/kinit': 'krb5-user',
    });
    operator = await newOperator();
    const directory = join(operator.directory, 'realm');
    await mkdir(directory);
    realm = await startRealm(directory, username);
  });
  afterAll(async () => {
    await sshd?.stop();
    await realm?.stop();
    await operator?.remove();
  });

  describe('and nothing else', () => {
    beforeAll(() => serve('PubkeyAuthentication no'));

    test('is entered with a ticket, as the configuration of Debian and Red Hat allows for all hosts', async () => {
      await operator.configure(reachedAs(sshd, ['GSSAPIAuthentication yes']));
      const ended = await exec({ KRB5CCNAME: await realm.ticket(3_600) });
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      expect(ended.stdout).toContain(username);
      expect(acceptedBy(sshd)).toEqual(['gssapi-with-mic']);
    });

    test('is reached through a jump host that takes nothing else, where ssh_config puts tickets first', async () => {
      const first = ['GSSAPIAuthentication yes', 'PreferredAuthentications gssapi-with-mic'];
      const jump = reachedAs(sshd, first).map((line) => line.replace('Host hv01', 'Host gate'));
      await operator.configure([...reachedAs(sshd, [...first, 'ProxyJump gate']), ...jump]);
      const before = acceptedBy(sshd).length;
      const ended = await exec({ KRB5CCNAME: await realm.ticket(3_600) });
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      expect(acceptedBy(sshd).slice(before)).toEqual(['gssapi-with-mic', 'gssapi-with-mic']);
    });

    test('takes a file', async () => {
      await operator.configure(reachedAs(sshd, ['GSSAPIAuthentication yes']));
      const env = { ...realm.env, KRB5CCNAME: await realm.ticket(3_600) };
      const [from, there] = [join(operator.directory, 'from'), join(operator.directory, 'there')];
      await writeFile(from, Buffer.alloc(3_000_000, 'ticket\n'));
      const ended = await operator.ovsfleet(['copy', 'hv01', from, there], env);
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      expect((await readFile(there)).equals(await readFile(from))).toBe(true);
    });

    test('without a ticket says that there is none, and to kinit', async () => {
      await operator.configure(reachedAs(sshd, ['GSSAPIAuthentication yes']));
      const ended = await exec(noTickets());
      expect(ended.code).not.toBe(0);
      expect(ended.stdout + ended.stderr).toMatch(/hv01: .* by GSSAPI: No Kerberos credentials available/);
      expect(ended.stdout + ended.stderr).toContain('kinit');
    });

    test('that does not know whose ticket it is refuses it, and that is said', async () => {
      const lines = reachedAs(sshd, ['GSSAPIAuthentication yes']);
      await operator.configure(lines.map((line) => line.replace(/^ *User .*/, '  User nobody')));
      const ended = await exec({ KRB5CCNAME: await realm.ticket(3_600) });
      expect(ended.code).not.toBe(0);
      expect(ended.stdout + ended.stderr).toMatch(
        /hv01: .* does not let nobody in by GSSAPI: the host refused the ticket/,
      );
    });

    test('is not asked for one where ssh_config does not allow it', async () => {
      await operator.configure(reachedAs(sshd, []));
      const before = acceptedBy(sshd).length;
      const ended = await exec({ KRB5CCNAME: await realm.ticket(3_600) });
      expect(ended.code).not.toBe(0);
      expect(ended.stdout + ended.stderr).toContain('hv01: there is nothing to log in with');
      expect(acceptedBy(sshd)).toHaveLength(before);
    });
  });

  describe('and keys', () => {
    beforeAll(() => serve());
    beforeEach(() => operator.configure(reachedAs(sshd, ['GSSAPIAuthentication yes'])));

    test('is entered by ssh2 with a key, though there is a ticket', async () => {
      const ended = await exec({ KRB5CCNAME: await realm.ticket(3_600) }, '--private-key', sshd.userKey);
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      expect(acceptedBy(sshd).at(-1)).toBe('publickey');
    });

    test('is entered with the ticket when it does not take the key', async () => {
      const other = join(operator.directory, 'other');
      await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
      const ended = await exec({ KRB5CCNAME: await realm.ticket(3_600) }, '--private-key', other);
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      expect(acceptedBy(sshd).at(-1)).toBe('gssapi-with-mic');
      const refused = await exec(noTickets(), '--private-key', other);
      expect(refused.stdout + refused.stderr).toMatch(
        /Tried: .*other .*By GSSAPI neither: No Kerberos credentials available/,
      );
    });
  });
});

// No hardware: a token in software stands for it. What lies between it and us is OpenSSH's own.
describe('a key of a FIDO token (a fake one)', () => {
  let operator: Operator;
  let sshd: Sshd;
  let provider: string;
  let key: string;

  const exec = (...more: readonly string[]) => operator.ovsfleet(['exec', 'hv01', ...more, '--', 'id -un']);

  beforeAll(async () => {
    await need({ '/usr/bin/gcc': 'gcc', '/usr/include/openssl/ec.h': 'libssl-dev' });
    operator = await newOperator();
    provider = join(operator.directory, 'authenticator.so');
    key = join(operator.directory, 'token');
    const source = fileURLToPath(new URL('authenticator.c', import.meta.url));
    const flags = ['-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', '-Wno-deprecated-declarations'];
    await execute('gcc', [...flags, '-o', provider, source, '-lcrypto']);
    await execute('ssh-keygen', ['-q', '-t', 'ecdsa-sk', '-w', provider, '-N', '', '-C', '', '-f', key]);
    sshd = await startSshd(['LogLevel VERBOSE']);
    await writeFile(join(sshd.directory, 'authorized_keys'), await readFile(`${key}.pub`));
  });
  afterAll(async () => {
    await sshd?.stop();
    await operator?.remove();
  });

  const expectIn = async (...more: readonly string[]): Promise<void> => {
    const before = sshd.log.length;
    const ended = await exec(...more);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toContain(username);
    const since = sshd.log.slice(before).join('\n');
    expect(since).toMatch(/Accepted publickey for \S+ .*ECDSA-SK SHA256:/);
  };

  test('opens a host by the provider that ssh_config names', async () => {
    await operator.configure(reachedAs(sshd, [`IdentityFile ${key}`, `SecurityKeyProvider ${provider}`]));
    await expectIn();
  });

  test('is known as one without its .pub too', async () => {
    await operator.configure(reachedAs(sshd, [`SecurityKeyProvider ${provider}`]));
    await rename(`${key}.pub`, `${key}.away`);
    try {
      await expectIn('--private-key', key);
    } finally {
      await rename(`${key}.away`, `${key}.pub`);
    }
  });

  test('opens a host from the SSH agent that holds it', async () => {
    await chmod(key, 0o600);
    const socket = await agentWith(operator.directory, [], ['-P', provider]);
    await execute('ssh-add', ['-q', '-S', provider, key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    const lines = reachedAs(sshd, []).filter((line) => !line.includes('IdentityAgent'));
    await operator.configure([...lines, `  IdentityAgent ${socket}`]);
    await expectIn();
  });

  test('that the host does not know is refused with its name', async () => {
    const other = join(operator.directory, 'other-token');
    await execute('ssh-keygen', ['-q', '-t', 'ecdsa-sk', '-w', provider, '-N', '', '-C', '', '-f', other]);
    await operator.configure(reachedAs(sshd, [`IdentityFile ${other}`, `SecurityKeyProvider ${provider}`]));
    const ended = await exec();
    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(/hv01: .* does not let .* in/);
  });
});
