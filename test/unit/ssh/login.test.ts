import { spawn } from 'node:child_process';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Host } from '../../../src/model/host.ts';
import { failure, problem, transport } from './support/connecting.ts';
import { execute, freePort, makeKey, type Sshd, startSshd } from './support/sshd.ts';
import { forward, startTcp } from './support/tcp.ts';

let sshd: Sshd;
let stranger: string;

beforeAll(async () => {
  sshd = await startSshd([], ['ed25519', 'rsa']);
  stranger = await makeKey(join(sshd.directory, 'stranger'));
});
afterAll(() => sshd.stop());

const logsIn = async (host: Host, options = {}): Promise<boolean> => {
  const connection = await transport(options).connect(host);
  const exit = await connection.run('exit 42');
  await connection.close();
  return exit.code === 42;
};

const knownHosts = async (name: string, lines: readonly string[]): Promise<string> => {
  const file = join(sshd.directory, name);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
};

const publicKey = async (file: string): Promise<string> =>
  (await execute('ssh-keygen', ['-y', '-f', file])).stdout.trim();
const fingerprintOf = async (key: string): Promise<string> => {
  const file = await knownHosts('fingerprint', [key]);
  return (await execute('ssh-keygen', ['-lf', file])).stdout.split(' ')[1] ?? '';
};

describe('the host key', () => {
  test('is looked up in the user’s known_hosts when the inventory names no file', async () => {
    const { knownHostsFiles: _, ...host } = sshd.host();
    await execute('mkdir', ['-p', join(sshd.directory, '.ssh')]);
    await copyFile(sshd.knownHosts, join(sshd.directory, '.ssh/known_hosts'));
    expect(await logsIn(host, { home: sshd.directory })).toBe(true);
  });

  test('is known from a hashed file', async () => {
    const file = join(sshd.directory, 'hashed');
    await copyFile(sshd.knownHosts, file);
    await execute('ssh-keygen', ['-H', '-f', file]);
    expect(await logsIn(sshd.host({ knownHostsFiles: [file] }))).toBe(true);
  });

  test('is asked for in a type that is known', async () => {
    const file = await knownHosts('rsa-only', [`[127.0.0.1]:${sshd.port} ${await sshd.publicHostKey('rsa')}`]);
    expect(await logsIn(sshd.host({ knownHostsFiles: [file] }))).toBe(true);
  });

  test('that is unknown ends it, with its fingerprint and the lines that could not be read', async () => {
    const file = await knownHosts('unknown', ['hv01 ssh-ed25519', 'other.example.org ssh-ed25519 AAAA']);
    const { fault, message, remedy } = await problem(logsIn(sshd.host({ knownHostsFiles: [file] })));
    expect(fault).toBe('host-key-unknown');
    expect(message).toContain(await fingerprintOf(await sshd.publicHostKey('ed25519')));
    expect(message).toContain(
      `${file}:1 (it has no host, key type and key), ${file}:2 (its key is not a whole ssh-ed25519 key)`,
    );
    expect(remedy).toContain('ovsfleet keys trust hv01 -i');
  });

  test('is looked up again when the file was changed meanwhile', async () => {
    const file = await knownHosts('grows', []);
    const same = transport();
    const host = sshd.host({ knownHostsFiles: [file] });
    expect(await problem(same.connect(host))).toMatchObject({ fault: 'host-key-unknown' });
    await copyFile(sshd.knownHosts, file);
    await (await same.connect(host)).close();
  });

  test('that changed ends it, with both fingerprints and where the old one is', async () => {
    const old = await publicKey(stranger);
    const file = await knownHosts('changed', ['# fleet', `[127.0.0.1]:${sshd.port} ${old}`]);
    const { fault, message, remedy } = await problem(logsIn(sshd.host({ knownHostsFiles: [file] })));
    expect(fault).toBe('host-key-changed');
    expect(message).toContain(await fingerprintOf(old));
    expect(message).toContain(await fingerprintOf(await sshd.publicHostKey('ed25519')));
    expect(message).toContain(`${file}:2`);
    expect(remedy).toContain('ovsfleet keys trust hv01 --replace -i');
  });

  test('that is revoked ends it, even where it is known', async () => {
    const key = await sshd.publicHostKey('ed25519');
    const file = await knownHosts('revoked', [`[127.0.0.1]:${sshd.port} ${key}`, `@revoked * ${key}`]);
    expect(await problem(logsIn(sshd.host({ knownHostsFiles: [file] })))).toMatchObject({
      fault: 'host-key-changed',
      code: 'ssh.host-key-revoked',
    });
  });

  test('that is wrong gets no answer at all', async () => {
    const spoke: string[] = [];
    const proxy = await startTcp((socket) => forward(socket, sshd.port, (speaker) => spoke.push(speaker)));
    const file = await knownHosts('proxied', [`[127.0.0.1]:${proxy.port} ${await publicKey(stranger)}`]);
    expect(await problem(logsIn(sshd.host({ port: proxy.port, knownHostsFiles: [file] })))).toMatchObject({
      fault: 'host-key-changed',
    });
    await proxy.stop();
    expect(spoke).toContain('client');
    expect(spoke.at(-1)).toBe('server');
  });

  test('cannot be verified with a file that cannot be read', async () => {
    expect(await problem(logsIn(sshd.host({ knownHostsFiles: [sshd.directory] })))).toMatchObject({
      fault: 'host-key-unknown',
      code: 'ssh.known-hosts-unreadable',
      message: expect.stringContaining(`${sshd.directory} cannot be read`),
    });
  });
});

describe('the login', () => {
  test('with a key that the host does not know says what was tried and what the host would accept', async () => {
    const { fault, message, remedy } = await problem(logsIn(sshd.host({ privateKeyFile: stranger })));
    expect(fault).toBe('auth');
    expect(message).toContain(`Tried: ${stranger} (${await fingerprintOf(await publicKey(stranger))})`);
    expect(message).toContain('The host accepts: publickey.');
    expect(remedy).toContain(`ssh-copy-id -p ${sshd.port} -i ${stranger} `);
  });

  test.each([
    ['does not exist', async (file: string) => void file, 'does not exist', 'ls -l'],
    [
      'may be read by others',
      async (file: string) => chmod(await makeKey(file), 0o644),
      'may be read by others (mode 0644)',
      'chmod 600',
    ],
    ['has a passphrase', async (file: string) => makeKey(file, 'ed25519', 'secret'), 'has a passphrase', 'ssh-add'],
    [
      'is no key',
      async (file: string) => writeFile(file, 'hello\n', { mode: 0o600 }),
      'is not a key that can be used',
      'ssh-keygen -y',
    ],
    [
      'is a public key',
      async (file: string) => writeFile(file, await publicKey(stranger), { mode: 0o600 }),
      'holds a public key only',
      'without .pub',
    ],
  ])('with a key file that %s ends before the host is asked', async (name, prepare, message, remedy) => {
    const file = join(sshd.directory, name.replaceAll(' ', '-'));
    await prepare(file);
    expect(await problem(logsIn(sshd.host({ privateKeyFile: file, port: 1 })))).toMatchObject({
      fault: 'auth',
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  test('without any key says so', async () => {
    const { privateKeyFile: _, ...host } = sshd.host();
    expect(await problem(logsIn(host))).toMatchObject({ fault: 'auth', code: 'ssh.no-identity' });
  });

  test('asks the agent when there is no key file, or the key file has a passphrase, or the host does not know its key', async () => {
    const agentSocket = join(sshd.directory, 'agent');
    const agent = spawn('ssh-agent', ['-D', '-a', agentSocket], { stdio: ['ignore', 'pipe', 'ignore'] });
    onTestFinished(() => void agent.kill());
    await new Promise((resolve) => agent.stdout.once('data', resolve));
    await execute('ssh-add', ['-q', sshd.userKey], { env: { ...process.env, SSH_AUTH_SOCK: agentSocket } });
    const locked = await makeKey(join(sshd.directory, 'locked'), 'ed25519', 'secret');
    const { privateKeyFile: _, ...host } = sshd.host();
    expect(await logsIn(host, { agentSocket })).toBe(true);
    expect(await logsIn(sshd.host({ privateKeyFile: locked }), { agentSocket })).toBe(true);
    expect(await logsIn(sshd.host({ privateKeyFile: stranger }), { agentSocket })).toBe(true);
  });

  test('with an agent that is not there says that it was tried', async () => {
    const { privateKeyFile: _, ...host } = sshd.host();
    expect(await problem(logsIn(host, { agentSocket: '/nonexistent/agent' }))).toMatchObject({
      fault: 'auth',
      message: expect.stringContaining('the keys of the agent at /nonexistent/agent (Failed to connect to agent).'),
    });
  });
});

describe('a host', () => {
  const via = async (answer: Parameters<typeof startTcp>[0]): Promise<Host> => {
    const tcp = await startTcp(answer);
    onTestFinished(tcp.stop);
    return sshd.host({
      port: tcp.port,
      knownHostsFiles: [await knownHosts('via', [`[127.0.0.1]:${tcp.port} ${await sshd.publicHostKey('ed25519')}`])],
    });
  };
  const quick = { timing: { retry: 2, ready: 150, connect: 150 } };

  test('where nothing listens refuses', async () => {
    const port = await freePort();
    expect(await problem(logsIn(sshd.host({ port })))).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining(`hv01: 127.0.0.1:${port} refuses connections`),
    });
  });

  test('that drops connections before the handshake is tried again', async () => {
    const host = await via((socket, number) => (number < 4 ? socket.destroy() : forward(socket, sshd.port)));
    expect(await logsIn(host, { timing: { retry: 2 } })).toBe(true);
  });

  test('that drops four connections is given up', async () => {
    let dropped = 0;
    const host = await via((socket) => {
      dropped += 1;
      socket.end('Exceeded MaxStartups\r\n');
    });
    expect(await problem(logsIn(host, quick))).toMatchObject({
      fault: 'refused',
      message: expect.stringContaining('MaxStartups'),
    });
    expect(dropped).toBe(4);
  });

  test('that takes the connection and says nothing is unreachable', async () => {
    const host = await via(() => {});
    expect(await problem(logsIn(host, quick))).toMatchObject({ fault: 'unreachable', code: 'ssh.silent' });
  });

  test('that speaks something else is not understood', async () => {
    const host = await via((socket) => socket.write('SSH-1.5-old\r\n'));
    expect(await problem(logsIn(host, quick))).toMatchObject({ fault: 'protocol' });
  });

  test('is left alone when the connection is aborted', async () => {
    const host = await via(() => {});
    const reason = new Error('Ctrl-C');
    expect(await failure(transport().connect(host, AbortSignal.abort(reason)))).toBe(reason);
    const controller = new AbortController();
    const connecting = transport().connect(host, controller.signal);
    setTimeout(() => controller.abort(reason), 20);
    expect(await failure(connecting)).toBe(reason);
  });
});
