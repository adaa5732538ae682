import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from '../../unit/ssh/support/sshd.ts';

const execute = promisify(execFile);

export interface Realm {
  /** Where Kerberos' programs find the realm. */
  readonly env: Readonly<Record<string, string>>;
  /** The keys of the host's service. */
  readonly keytab: string;
  /** Gets a ticket for `ops`, good for so many seconds, into a cache of its own; says which cache. */
  readonly ticket: (seconds: number) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const name = 'FLEET.TEST';
const password = 'correct horse';

const configFiles = (directory: string, port: number, account: string): Readonly<Record<string, string>> => ({
  'krb5.conf': `[libdefaults]
  default_realm = ${name}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  ${name} = {
    kdc = 127.0.0.1:${port}
    auth_to_local_names = {
      ops = ${account}
    }
  }
[domain_realm]
  localhost = ${name}
`,
  'kdc.conf': `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${name} = {
    database_name = ${directory}/principal
    key_stash_file = ${directory}/stash
    acl_file = ${directory}/acl
  }
[logging]
  kdc = STDERR
  admin_server = STDERR
`,
});

/** Resolves when the KDC answers; rejects with what it logged when it ends instead. */
const answering = (kdc: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const log: string[] = [];
    if (kdc.stderr === null) throw new Error('the KDC has no stderr');
    createInterface(kdc.stderr).on('line', (line) => {
      log.push(line);
      if (line.includes('commencing operation')) resolve();
    });
    kdc.once('error', reject);
    kdc.once('exit', (code) => reject(new Error(`krb5kdc ended with ${code}: ${log.join('\n')}`)));
  });

/** A Kerberos realm on a free port of the loopback, all of it in `directory`, where `ops` is the local `account`. */
export const startRealm = async (directory: string, account: string): Promise<Realm> => {
  const file = (of: string): string => join(directory, of);
  const env = {
    PATH: `${process.env['PATH']}:/usr/sbin`,
    KRB5_CONFIG: file('krb5.conf'),
    KRB5_KDC_PROFILE: file('kdc.conf'),
  };
  const configure = async (): Promise<void> => {
    const files = configFiles(directory, await freePort(), account);
    for (const [path, content] of Object.entries(files)) await writeFile(file(path), content);
  };
  const admin = (...words: readonly string[]) => execute('kadmin.local', ['-r', name, ...words], { env });
  await configure();
  await execute('kdb5_util', ['create', '-s', '-r', name, '-P', 'master'], { env });
  await admin('addprinc', '-pw', password, 'ops');
  await admin('addprinc', '-randkey', 'host/localhost');
  await admin('ktadd', '-k', file('keytab'), 'host/localhost');

  /** Another process may take the port that was free. */
  const start = async (attempt = 1): Promise<ChildProcess> => {
    const kdc = spawn('krb5kdc', ['-n'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    try {
      await answering(kdc);
      return kdc;
    } catch (error) {
      if (attempt === 3) throw error;
      await configure();
      return await start(attempt + 1);
    }
  };
  const kdc = await start();
  let caches = 0;
  return {
    env,
    keytab: file('keytab'),
    ticket: async (seconds) => {
      caches += 1;
      const cache = `FILE:${file(`cache${caches}`)}`;
      const asking = execute('kinit', ['-l', `${seconds}s`, 'ops'], { env: { ...env, KRB5CCNAME: cache } });
      asking.child.stdin?.end(`${password}\n`);
      await asking;
      return cache;
    },
    stop: async () => {
      const ended = once(kdc, 'exit');
      if (kdc.kill()) await ended;
    },
  };
};
