import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ConnectionSettings } from '../../../src/model/connection-settings.ts';
import type { Host } from '../../../src/model/host.ts';
import type { Connection } from '../../../src/model/ports.ts';
import { needsOpenssh } from '../../../src/ssh/index.ts';
import { openssh, plainSettings, problem, transport } from './support/connecting.ts';
import { peopled } from './support/people.ts';
import { execute, freePort, makeKey, type Sshd, startSshd } from './support/sshd.ts';

let sshd: Sshd;
let authority: string;

beforeAll(async () => {
  sshd = await startSshd([], ['ed25519']);
  authority = await makeKey(join(sshd.directory, 'authority'));
});
afterAll(() => sshd.stop());

const quick = { settle: 300, retry: 20 };
const needs = (host: Host, also: Partial<ConnectionSettings> = {}): Promise<string | undefined> =>
  needsOpenssh()(host, { ...plainSettings('/nonexistent', undefined)(host), ...also });

const printed = async (connection: Connection, program: string): Promise<string> => {
  let said = '';
  await connection.run(program, {
    onStdout: (chunk) => {
      said += Buffer.from(chunk).toString();
    },
  });
  return said;
};

const works = async (connecting: Promise<Connection>): Promise<boolean> => {
  const connection = await connecting;
  const said = await printed(connection, 'echo in');
  await connection.close();
  return said === 'in\n';
};

const started = async (...parameters: Parameters<typeof startSshd>): Promise<Sshd> => {
  const server = await startSshd(...parameters);
  onTestFinished(server.stop);
  return server;
};

describe('what only ssh(1) can do', () => {
  test('a user certificate: it is seen beside the key, and logs in', async () => {
    const server = await started([`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none']);
    const host = server.host();
    expect(await needs(host)).toBeUndefined();
    await execute('ssh-keygen', ['-q', '-s', authority, '-I', 'ops', '-n', host.user, `${server.userKey}.pub`]);
    expect(await needs(host)).toBe(`${server.userKey}-cert.pub is a certificate`);
    expect(await problem(works(transport().connect(host)))).toMatchObject({ fault: 'auth' });
    expect(await works(openssh().connect(host))).toBe(true);
  });

  test('a host key that a certificate authority vouches for', async () => {
    const server = await started();
    const host = server.host({ knownHostsFiles: [join(server.directory, 'authorities')] });
    const vouching = (await readFile(`${authority}.pub`, 'utf8')).trim();
    await writeFile(join(server.directory, 'authorities'), `@cert-authority * ${vouching}\n`);
    expect(await needs(host)).toBe('a certificate authority vouches for its host key');
    const key = join(server.directory, 'host_ed25519');
    await execute('ssh-keygen', ['-q', '-s', authority, '-I', 'hv01', '-h', '-n', '127.0.0.1', `${key}.pub`]);
    const certified = await started([
      `HostKey ${key}`,
      `HostCertificate ${key}-cert.pub`,
      `AuthorizedKeysFile ${server.directory}/authorized_keys`,
    ]);
    expect(await works(openssh().connect({ ...host, port: certified.port }))).toBe(true);
  });

  test('a ProxyCommand, and what it says when it fails', async () => {
    const way = [
      'ssh',
      '-F',
      'none',
      '-i',
      sshd.userKey,
      '-p',
      `${sshd.port}`,
      '-o',
      `UserKnownHostsFile=${sshd.knownHosts}`,
    ];
    const server = await started();
    const by = (proxyCommand: string) => (host: Host) => ({
      proxyCommand,
      sshOptions: ['-o', `ProxyCommand=${proxyCommand}`, ...plainSettings('/nonexistent', undefined)(host).sshOptions],
    });
    expect(await works(openssh({ also: by(`${way.join(' ')} -W %h:%p 127.0.0.1`) }).connect(server.host()))).toBe(true);
    expect(
      await problem(openssh({ also: by(`sh -c 'echo the proxy is closed >&2; exit 1'`) }).connect(server.host())),
    ).toMatchObject({
      fault: 'unreachable',
      message: 'hv01: its ProxyCommand made no connection: the proxy is closed.',
    });
  });

  test('an exchange of keys that is safe from quantum computers', async () => {
    const server = await started(['KexAlgorithms sntrup761x25519-sha512@openssh.com']);
    expect(await problem(transport().connect(server.host()))).toMatchObject({
      fault: 'protocol',
      code: 'ssh.protocol',
    });
    expect(await works(openssh().connect(server.host()))).toBe(true);
  });
});

describe('a password', () => {
  const people = [{ name: 'paul', password: 'open sesame' }];
  const paul = (server: Sshd, ansible_password: string): Host => {
    const { privateKeyFile: _, ...host } = server.host({ user: 'paul', vars: { ansible_password } });
    return host;
  };

  /** Where on this machine a text stands in a command line or an environment. */
  const seenAt = async (text: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)) {
      for (const file of ['cmdline', 'environ']) {
        const content = await readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '');
        if (content.includes(text)) found.push(`${pid}/${file}`);
      }
    }
    return found;
  };

  test.each([
    ['password', ['PasswordAuthentication yes', 'PubkeyAuthentication no']],
    ['keyboard-interactive', ['KbdInteractiveAuthentication yes', 'UsePAM yes', 'PubkeyAuthentication no']],
  ])('is given where %s is wanted, and stands in no command line and no environment', async (_, settings) => {
    const server = await started(settings, ['ed25519'], peopled(people));
    let over = false;
    const seen: string[] = [];
    const watching = (async () => {
      while (!over) seen.push(...(await seenAt('open sesame')));
    })();
    expect(await works(openssh().connect(paul(server, 'open sesame')))).toBe(true);
    over = true;
    await watching;
    expect(seen).toEqual([]);
  });

  test('that is wrong is tried once', async () => {
    const settings = [
      'LogLevel VERBOSE',
      'PasswordAuthentication yes',
      'KbdInteractiveAuthentication yes',
      'UsePAM yes',
    ];
    const server = await started(settings, ['ed25519'], peopled(people));
    expect(await problem(openssh().connect(paul(server, 'wrong')))).toMatchObject({ fault: 'auth', code: 'ssh.auth' });
    expect(server.log.filter((line) => /^Failed (?!none|publickey)/.test(line))).toHaveLength(1);
  });
});

describe('a host', () => {
  test('with an unknown or a changed key gets no login', async () => {
    const known = join(sshd.directory, 'known');
    await writeFile(known, '');
    const host = sshd.host({ knownHostsFiles: [known] });
    expect(await problem(openssh().connect(host))).toMatchObject({ fault: 'host-key-unknown' });
    await writeFile(known, `[127.0.0.1]:${sshd.port} ${await readFile(`${authority}.pub`, 'utf8')}`);
    expect(await problem(openssh().connect(host))).toMatchObject({
      fault: 'host-key-changed',
      message: expect.stringMatching(/not the known one, it shows SHA256:\S+, and \S+known:1 has another/),
    });
  });

  test('that lets nobody in, or does not listen, says so', async () => {
    const stranger = await makeKey(join(sshd.directory, 'stranger'));
    expect(await problem(openssh().connect(sshd.host({ privateKeyFile: stranger })))).toMatchObject({
      fault: 'auth',
      message: expect.stringContaining('The host accepts: publickey.'),
    });
    expect(await problem(openssh().connect(sshd.host({ port: await freePort() })))).toMatchObject({ fault: 'refused' });
  });

  test('that takes two logins at a time lets six of us in', async () => {
    const narrow = await started(['MaxStartups 2']);
    const same = openssh({ timing: quick });
    const hosts = Array.from({ length: 6 }, (_, index) => narrow.host({ name: `hv${index}` }));
    expect(await Promise.all(hosts.map((host) => works(same.connect(host))))).toEqual(hosts.map(() => true));
  });

  test('that allows one session a connection gets further ones', async () => {
    const single = await started(['MaxSessions 1']);
    const connection = await openssh({ timing: quick }).connect(single.host());
    const said = await Promise.all(['1', '2', '3'].map((word) => printed(connection, `sleep 0.3; echo ${word}`)));
    expect(said).toEqual(['1\n', '2\n', '3\n']);
    await connection.close();
    await expect.poll(() => single.sessions()).toEqual([]);
  });

  test('that goes away is lost', async () => {
    const fragile = await started();
    const connection = await openssh({ timing: quick }).connect(fragile.host());
    const running = problem(connection.run('sleep 20'));
    for (const session of await fragile.sessions()) process.kill(session, 'SIGKILL');
    expect(await running).toMatchObject({ fault: 'lost' });
    expect(await problem(connection.run('true'))).toMatchObject({ fault: 'lost' });
    await connection.close();
  });
});

describe('nothing is left', () => {
  test('of a connection that was closed', async () => {
    const temporary = await mkdtemp('/tmp/o-');
    onTestFinished(async () => void (await execute('rm', ['-rf', temporary])));
    const connection = await openssh({ temporary }).connect(sshd.host());
    expect(await readdir(temporary)).toHaveLength(1);
    await connection.close();
    await expect.poll(() => readdir(temporary)).toEqual([]);
    await expect.poll(() => sshd.sessions()).toEqual([]);
  });

  test('of a connection whose owner was killed', async () => {
    const script = join(sshd.directory, 'owner.ts');
    await writeFile(
      script,
      `import { opensshShells } from ${JSON.stringify(join(import.meta.dirname, '../../../src/openssh/index.ts'))};
       const settings = ${JSON.stringify(plainSettings('/nonexistent', undefined)(sshd.host()))};
       const shells = opensshShells({ settings: () => settings, random: Math.random, env: process.env, node: process.execPath, temporary: ${JSON.stringify(sshd.directory)} });
       await shells.open(${JSON.stringify(sshd.host())});
       console.log('connected');
       setInterval(() => {}, 1000);\n`,
    );
    const owner = spawn(process.execPath, [join(import.meta.dirname, '../../../node_modules/.bin/jiti'), script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => owner.stdout.once('data', resolve));
    expect(await sshd.sessions()).toHaveLength(1);
    owner.kill('SIGKILL');
    await expect.poll(() => sshd.sessions(), { timeout: 10_000 }).toEqual([]);
  });
});
