import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostShells } from '../../../src/cli/host-shells.ts';
import { connectionOver } from '../../../src/connection/connection-over.ts';
import type { Host } from '../../../src/model/host.ts';
import { Secret } from '../../../src/model/secret.ts';
import { lockedKeys } from '../../../src/ssh/index.ts';
import { agentWith } from './support/agent.ts';
import { plainSettings, problem } from './support/connecting.ts';
import { execute, type Sshd, startSshd } from './support/sshd.ts';

const server = async (settings: readonly string[] = []): Promise<Sshd> => {
  const sshd = await startSshd(settings);
  onTestFinished(sshd.stop);
  return sshd;
};

const ssh = { of: plainSettings('/nonexistent', undefined), warnings: () => [] };

const said = async (host: Host, passphrases = new Map<string, Secret>()): Promise<string> => {
  const shells = hostShells({ ssh, connection: { password: null, transport: 'auto' }, passphrases });
  const connection = connectionOver(await shells.open(host));
  let text = '';
  await connection.run('echo "by $SSH_CONNECTION"', {
    onStdout: (chunk) => {
      text += Buffer.from(chunk).toString();
    },
  });
  await connection.close();
  return text.trim();
};

test('a host that is this machine is worked on without SSH', async () => {
  const sshd = await server();
  expect(await said(sshd.host({ vars: { ansible_connection: 'local' } }))).toBe(
    `by ${process.env['SSH_CONNECTION'] ?? ''}`.trim(),
  );
  expect(sshd.log.some((line) => line.startsWith('Accepted'))).toBe(false);
});

test('a host that ssh2 has no algorithm in common with is connected to by ssh(1), a second time at once', async () => {
  const sshd = await server(['LogLevel VERBOSE', 'KexAlgorithms sntrup761x25519-sha512@openssh.com']);
  const shells = hostShells({ ssh, connection: { password: null, transport: 'auto' }, passphrases: new Map() });
  for (const _ of ['first', 'second']) await (await shells.open(sshd.host())).close();
  const of = (pattern: RegExp): number => sshd.log.filter((line) => pattern.test(line)).length;
  expect([of(/^Connection from/), of(/^Accepted publickey for/)]).toEqual([3, 2]);
});

test('a host that takes Kerberos tickets is asked with what there is of them, once the keys are refused', async () => {
  const sshd = await server(['LogLevel VERBOSE', 'GSSAPIAuthentication yes', 'AuthorizedKeysFile none']);
  const host = sshd.host();
  const refused = await problem(said(host));
  expect(refused).toMatchObject({ fault: 'auth', code: 'ssh.auth' });
  expect(refused.message).not.toContain('GSSAPI neither');
  const allowed = { ...ssh, of: (one: Host) => ({ ...ssh.of(one), gssapiLogin: 'yes' as const }) };
  const shells = hostShells({
    ssh: allowed,
    connection: { password: null, transport: 'auto' },
    passphrases: new Map(),
  });
  const both = await problem(shells.open(host));
  expect(both).toMatchObject({ fault: 'auth', code: 'ssh.auth' });
  expect(both.message).toMatch(/^hv01: .*Tried: .*user .*By GSSAPI neither: ./);
  expect(both.remedy).toMatch(/; or kinit$/);
});

test('a host that needs a certificate gets it', async () => {
  const sshd = await server();
  const authority = join(sshd.directory, 'authority');
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', authority]);
  const certified = await server([`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none']);
  const host = certified.host();
  expect(await problem(said(host))).toMatchObject({ fault: 'auth' });
  await execute('ssh-keygen', ['-q', '-s', authority, '-I', 'ops', '-n', host.user, `${certified.userKey}.pub`]);
  expect(await said(host)).toContain(`${certified.port}`);
});

test('the passphrases to ask for are those of named keys that no agent holds', async () => {
  const sshd = await server();
  const locked = join(sshd.directory, 'locked');
  await copyFile(sshd.userKey, locked);
  await execute('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'swordfish', '-f', locked]);
  const hosts = ['hv01', 'hv02'].map((name) => sshd.host({ name, privateKeyFile: locked }));
  expect(await lockedKeys([...hosts, sshd.host()].map(ssh.of))).toEqual([locked]);
  expect(await said(sshd.host({ privateKeyFile: locked }), new Map([[locked, new Secret('swordfish')]]))).toContain(
    `${sshd.port}`,
  );
  const agentSocket = await agentWith(sshd.directory, [sshd.userKey]);
  expect(await lockedKeys(hosts.map(plainSettings('/nonexistent', agentSocket)))).toEqual([]);
});
