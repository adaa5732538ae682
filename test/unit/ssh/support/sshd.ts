import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Host } from '../../../../src/model/host.ts';

export const execute = promisify(execFile);

type HostKeyType = 'ed25519' | 'rsa';

export interface Sshd {
  readonly port: number;
  /** A directory for the test's own files, removed at the end. */
  readonly directory: string;
  readonly userKey: string;
  /** A known_hosts file that holds the server's keys. */
  readonly knownHosts: string;
  /** `ssh-ed25519 AAAA…` of a host key. */
  readonly publicHostKey: (type: HostKeyType) => Promise<string>;
  /** How to reach it with the right keys; parts may be replaced. */
  readonly host: (changes?: Partial<Host>) => Host;
  /** What it logged so far. */
  readonly log: readonly string[];
  /** The processes that serve connections, oldest first. */
  readonly sessions: () => Promise<readonly number[]>;
  readonly stop: () => Promise<void>;
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });

export const makeKey = async (file: string, type = 'ed25519', passphrase = ''): Promise<string> => {
  await execute('ssh-keygen', [
    '-q',
    '-t',
    type,
    ...(type === 'rsa' ? ['-b', '2048'] : []),
    '-N',
    passphrase,
    '-C',
    '',
    '-f',
    file,
  ]);
  return file;
};

const listening = (child: ChildProcess, log: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`sshd ended with ${code}: ${log.join('\n')}`)));
    if (child.stderr === null) {
      throw new Error('sshd has no stderr');
    }
    createInterface(child.stderr).on('line', (line) => {
      log.push(line);
      if (line.startsWith('Server listening')) {
        resolve();
      }
    });
  });

const children = async (pid: number): Promise<readonly number[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'))
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);

/** Ends a process that may have ended by itself. */
const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has.
  }
};

/** Another process may take a port between our finding it free and sshd's binding it: then another one is tried. */
const spawnOnFreePort = async (
  config: string,
  before: readonly string[],
): Promise<{ readonly child: ChildProcess; readonly port: number; readonly log: readonly string[] }> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const [program = '', ...words] = [...before, '/usr/sbin/sshd', '-D', '-e', '-f', config, '-p', String(port)];
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    const log: string[] = [];
    try {
      await listening(child, log);
      return { child, port, log };
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
};

/**
 * A real sshd on a free port of the loopback, with keys of its own, for the user who runs the test; `place` may give words
 * to start it by. What `settings` say comes first, so it counts.
 */
export const startSshd = async (
  settings: readonly string[] = [],
  keyTypes: readonly HostKeyType[] = ['ed25519'],
  place?: (directory: string) => Promise<readonly string[]>,
): Promise<Sshd> => {
  const directory = await mkdtemp(join(tmpdir(), 'ovsfleet-sshd-'));
  if (process.getuid?.() === 0) {
    await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  }
  const file = (name: string): string => join(directory, name);
  await Promise.all([makeKey(file('user')), ...keyTypes.map((type) => makeKey(file(`host_${type}`), type))]);
  await writeFile(file('authorized_keys'), await readFile(file('user.pub')));
  const config = [
    ...settings.filter((line) => !/^Match\b/.test(line)),
    'ListenAddress 127.0.0.1',
    ...keyTypes.map((type) => `HostKey ${file(`host_${type}`)}`),
    `AuthorizedKeysFile ${file('authorized_keys')}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    // Keeps bash from reading ~/.bashrc, as Debian's does under sshd: it may be slow, and it is the machine's own.
    'SetEnv SHLVL=2',
    ...settings.filter((line) => /^Match\b/.test(line)),
  ];
  await writeFile(file('sshd_config'), `${config.join('\n')}\n`);
  const before = (await place?.(directory)) ?? [];
  const { child, port, log } = await spawnOnFreePort(file('sshd_config'), before);
  const publicHostKey = async (type: HostKeyType): Promise<string> =>
    (await readFile(file(`host_${type}.pub`), 'utf8')).trim();
  const known = await Promise.all(keyTypes.map(async (type) => `[127.0.0.1]:${port} ${await publicHostKey(type)}\n`));
  await writeFile(file('known_hosts'), known.join(''));
  await chmod(file('user'), 0o600);

  const { pid } = child;
  if (pid === undefined) {
    throw new Error('sshd did not start');
  }
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const killChild = (): boolean => child.kill();
  process.once('exit', killChild);

  return {
    port,
    directory,
    userKey: file('user'),
    knownHosts: file('known_hosts'),
    publicHostKey,
    log,
    host: (changes = {}) => ({
      name: 'hv01',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKeyFile: file('user'),
      knownHostsFiles: [file('known_hosts')],
      groups: [],
      vars: {},
      ...changes,
    }),
    sessions: () => children(pid),
    stop: async () => {
      for (const session of await children(pid)) {
        kill(session);
      }
      child.kill();
      await ended;
      process.removeListener('exit', killChild);
      await rm(directory, { recursive: true, force: true });
    },
  };
};
