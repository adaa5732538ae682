import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ConnectionSettings } from '../../../src/model/connection-settings.ts';
import type { Host } from '../../../src/model/host.ts';
import type { Connection, Transport } from '../../../src/model/ports.ts';
import { failure, plainSettings, problem, transport } from './support/connecting.ts';
import { freePort, makeKey, type Sshd, startSshd } from './support/sshd.ts';
import { startTcp } from './support/tcp.ts';

let target: Sshd;
let outer: Sshd;
let inner: Sshd;

beforeAll(async () => {
  [target, outer, inner] = await Promise.all([startSshd(), startSshd(['LogLevel VERBOSE']), startSshd()]);
});
afterAll(() => Promise.all([target, outer, inner].map((sshd) => sshd.stop())));

const plain = plainSettings('/nonexistent', undefined);

const jumpOver = (sshd: Sshd, name: string, changes: Partial<Host> = {}, jump: ConnectionSettings | null = null) => ({
  ...plain(sshd.host({ name, ...changes })),
  jump,
});

const through = (jump: ConnectionSettings, options: Parameters<typeof transport>[0] = {}): Transport =>
  transport({ ...options, also: () => ({ jump }) });

const printed = async (connection: Connection, program: string): Promise<string> => {
  let said = '';
  await connection.run(program, {
    onStdout: (chunk) => {
      said += Buffer.from(chunk).toString();
    },
  });
  return said;
};

const logins = (sshd: Sshd): number => sshd.log.filter((line) => line.startsWith('Accepted publickey')).length;

describe('a host behind a jump host', () => {
  test('is reached through one connection, however many hosts there are', async () => {
    const before = logins(outer);
    const way = through(jumpOver(outer, 'bastion'));
    const hosts = Array.from({ length: 12 }, (_, index) => target.host({ name: `hv${index}` }));
    const connections = await Promise.all(hosts.map((host) => way.connect(host)));
    const said = await Promise.all(connections.map((connection, index) => printed(connection, `echo ${index}`)));
    expect(said).toEqual(hosts.map((_, index) => `${index}\n`));
    expect(logins(outer) - before).toBe(1);
    await Promise.all(connections.map((connection) => connection.close()));
    await expect.poll(() => outer.sessions()).toEqual([]);
    await (await way.connect(target.host())).close();
  });

  test('may have several on its way', async () => {
    const way = through(jumpOver(inner, 'inner', {}, jumpOver(outer, 'outer')));
    const connection = await way.connect(target.host());
    expect(await printed(connection, 'echo "$SSH_CONNECTION"')).toContain(` 127.0.0.1 ${target.port}`);
    expect(await inner.sessions()).toHaveLength(1);
    expect(await outer.sessions()).toHaveLength(1);
    await connection.close();
    await expect.poll(() => outer.sessions()).toEqual([]);
  });

  test('is not reached over a jump host with another key than the known one', async () => {
    const stranger = await makeKey(join(outer.directory, 'stranger'));
    const known = join(outer.directory, 'changed');
    await writeFile(known, `[127.0.0.1]:${outer.port} ${await readFile(`${stranger}.pub`, 'utf8')}`);
    const way = through(jumpOver(outer, 'bastion', { knownHostsFiles: [known] }));
    const { fault, message } = await problem(way.connect(target.host()));
    expect(fault).toBe('host-key-changed');
    expect(message).toMatch(
      /^hv01: no way through its jump host bastion: the host key of 127\.0\.0\.1:\d+ is not the known one/,
    );
  });

  test('still has its own key verified', async () => {
    const known = join(outer.directory, 'none');
    await writeFile(known, '');
    const way = through(jumpOver(outer, 'bastion'));
    expect(await problem(way.connect(target.host({ knownHostsFiles: [known] })))).toMatchObject({
      fault: 'host-key-unknown',
      message: expect.stringContaining(`hv01: the host key of 127.0.0.1:${target.port}`),
    });
  });

  test('never sees the jump host get its password', async () => {
    const way = through(jumpOver(outer, 'bastion', { privateKeyFile: await makeKey(join(outer.directory, 'other')) }));
    const { message } = await problem(way.connect(target.host({ vars: { ansible_password: 'open sesame' } })));
    expect(message).toContain('no way through its jump host bastion: ');
    expect(message).not.toContain('the password');
  });

  test('that cannot be reached from there says so', async () => {
    const port = await freePort();
    const way = through(jumpOver(outer, 'bastion'));
    expect(await problem(way.connect(target.host({ port })))).toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining(`hv01: its jump host bastion cannot connect to 127.0.0.1:${port}`),
    });
  });

  test('is not reached over a jump host that forwards nothing', async () => {
    const closed = await startSshd(['AllowTcpForwarding no']);
    onTestFinished(closed.stop);
    expect(await problem(through(jumpOver(closed, 'bastion')).connect(target.host()))).toMatchObject({
      fault: 'refused',
      code: 'ssh.jump-forbids',
    });
  });

  test('is lost with its jump host, which is named', async () => {
    const fragile = await startSshd();
    onTestFinished(fragile.stop);
    const way = through(jumpOver(fragile, 'bastion'));
    const connection = await way.connect(target.host());
    const running = problem(connection.run('sleep 20'));
    const [session] = await fragile.sessions();
    if (session !== undefined) process.kill(session, 'SIGKILL');
    expect(await running).toMatchObject({
      fault: 'lost',
      message: expect.stringMatching(/^hv01: the connection to .* was lost with that to its jump host bastion/),
    });
    const again = await way.connect(target.host());
    expect(await printed(again, 'echo back')).toBe('back\n');
    await again.close();
  });

  test('leaves a jump host that is silent to nobody but those who wait for it', async () => {
    const mute = await startTcp(() => {});
    onTestFinished(mute.stop);
    const way = through(jumpOver(outer, 'bastion', { port: mute.port }));
    const reason = new Error('Ctrl-C');
    const controller = new AbortController();
    const connecting = way.connect(target.host(), controller.signal);
    setTimeout(() => controller.abort(reason), 20);
    expect(await failure(connecting)).toBe(reason);
  });
});

describe('a server that takes two logins at a time', () => {
  test('lets twelve of us in, one after the other', async () => {
    const narrow = await startSshd(['MaxStartups 2', 'LogLevel VERBOSE']);
    onTestFinished(narrow.stop);
    const same = transport({ timing: { retry: 20 } });
    const hosts = Array.from({ length: 12 }, (_, index) => narrow.host({ name: `hv${index}` }));
    const connections = await Promise.all(hosts.map((host) => same.connect(host)));
    expect(await Promise.all(connections.map((connection) => printed(connection, 'echo in')))).toEqual(
      hosts.map(() => 'in\n'),
    );
    expect(narrow.log.some((line) => line.includes('MaxStartups'))).toBe(true);
    await Promise.all(connections.map((connection) => connection.close()));
  });
});

describe('a server that allows one session a connection', () => {
  test('runs further commands over further connections while a long one goes on', async () => {
    const single = await startSshd(['MaxSessions 1']);
    onTestFinished(single.stop);
    const connection = await transport().connect(single.host());
    const controller = new AbortController();
    let ready: () => void = () => {};
    const started = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const held = connection.run('main() { echo ready; cat; }; main\n', {
      signal: controller.signal,
      holdStdin: true,
      onStdout: () => ready(),
    });
    await started;
    const said = await Promise.all(
      Array.from({ length: 6 }, (_, index) => printed(connection, `sleep 0.05; echo ${index}`)),
    );
    expect(said).toEqual(['0\n', '1\n', '2\n', '3\n', '4\n', '5\n']);
    expect((await single.sessions()).length).toBeLessThanOrEqual(4);
    controller.abort(new Error('over'));
    expect(await held).toMatchObject({ code: 0 });
    await connection.close();
    await expect.poll(() => single.sessions()).toEqual([]);
  });
});
