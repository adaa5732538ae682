import { execFile } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import type { ConnectionSettings } from '../../../../src/model/connection-settings.ts';
import { FleetError } from '../../../../src/model/error.ts';
import type { Host } from '../../../../src/model/host.ts';
import { type SshConfigOptions, sshSettings } from '../../../../src/ssh/config/resolve.ts';

const { username, uid, homedir } = userInfo();

/** ssh(1) takes the home of the password file, whatever HOME says. */
export const me = { home: homedir, localUser: username, uid, localHost: hostname() };

export const env = { LANG: 'C.UTF-8', LC_ALL: 'C', LC_TIME: 'de_DE', FOO: 'foo', BAR: 'bar', FLEET_HOME: '/srv/fleet' };

/** A host of which the inventory says its name, and what else is given. */
export const host = (name: string, changes: Partial<Host> = {}): Host => ({
  name,
  address: name,
  port: 22,
  user: me.localUser,
  assumed: ['port', 'user'],
  groups: [],
  vars: {},
  ...changes,
});

export const settingsFrom = (options: Partial<SshConfigOptions>) =>
  sshSettings({ ...me, env, flags: {}, systemConfig: '/nonexistent/ssh_config', ...options });

/** The settings of a host by a file, or the problem with it. */
export const resolved = (file: string, name: string, changes: Partial<Host> = {}): ConnectionSettings | FleetError => {
  try {
    return settingsFrom({ flags: { config: file } }).of(host(name, changes));
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
};

/** What `ssh -G` prints for a host, each keyword with its lines; `null` when it refuses the file. */
export const judged = (
  file: string,
  name: string,
  more: readonly string[] = [],
): Promise<ReadonlyMap<string, readonly string[]> | null> =>
  new Promise((resolve, reject) => {
    execFile('ssh', ['-G', '-F', file, ...more, '--', name], { env: { ...env, HOME: homedir } }, (error, stdout) => {
      if (error !== null) {
        if (error.code === 255) resolve(null);
        else reject(error);
        return;
      }
      const lines = new Map<string, string[]>();
      for (const line of stdout.trim().split('\n')) {
        const [keyword = '', ...words] = line.split(' ');
        lines.set(keyword, [...(lines.get(keyword) ?? []), words.join(' ')]);
      }
      resolve(lines);
    });
  });

const tilde = (path: string): string => path.replace(/^~(?=\/)/, homedir);
const listed = (line: string | undefined): readonly string[] =>
  (line ?? '').split(' ').filter((word) => word !== '' && word !== 'none');

/** Kinds of keys that hardly any ssh can still use. */
const notOurs = ['id_dsa', 'id_xmss'].map((name) => `${homedir}/.ssh/${name}`);

interface JudgedHop {
  readonly host: string;
  readonly words: readonly string[];
}

/** The hosts of a ProxyJump as `ssh -G` prints it, with the options that ssh(1) itself gives to the ssh of each. */
export const hopsIn = (line: string | undefined): readonly JudgedHop[] => {
  const hops = (line ?? '').split(',').filter((hop) => hop !== '');
  return hops.map((hop, index) => {
    const parts = /^(?:(.+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(hop);
    const [, user, host = '', port] = parts ?? [];
    const before = hops.slice(0, index).join(',');
    return {
      host: host.replace(/[[\]]/g, ''),
      words: [
        ...(user === undefined ? [] : ['-l', user]),
        ...(port === undefined ? [] : ['-p', port]),
        ...(before === '' ? [] : ['-J', before]),
      ],
    };
  });
};

const trueFalse = (line: string | undefined): 'yes' | 'no' => (line === 'yes' || line === 'true' ? 'yes' : 'no');

const wanted = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);

/** The judgement in our words. */
export const asSettings = (lines: ReadonlyMap<string, readonly string[]>): Readonly<Record<string, unknown>> => {
  const one = (keyword: string): string | undefined => lines.get(keyword)?.[0];
  const sent = Object.entries(env).filter(([name]) =>
    (lines.get('sendenv') ?? []).some((pattern) => wanted(pattern).test(name)),
  );
  const set = (lines.get('setenv') ?? []).map(
    (word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const,
  );
  const strict = one('stricthostkeychecking') ?? '';
  return {
    hostName: one('hostname'),
    port: Number(one('port')),
    user: one('user'),
    addressFamily: { any: 0, inet: 4, inet6: 6 }[one('addressfamily') ?? ''],
    bindAddress: one('bindaddress') ?? null,
    identityFiles: (lines.get('identityfile') ?? [])
      .map(tilde)
      .filter((path) => path !== 'none' && !notOurs.includes(path)),
    certificateFiles: (lines.get('certificatefile') ?? []).map(tilde),
    identitiesOnly: trueFalse(one('identitiesonly')),
    identityAgent: one('identityagent') === 'none' ? null : (one('identityagent') ?? null),
    jump: hopsIn(one('proxyjump')).at(-1)?.host ?? null,
    proxyCommand:
      one('proxycommand')
        ?.replaceAll('%h', one('hostname') ?? '')
        .replaceAll('%p', one('port') ?? '') ?? null,
    publicKeyLogin: one('pubkeyauthentication') === 'false' ? 'no' : 'yes',
    passwordLogin: trueFalse(one('passwordauthentication')),
    keyboardInteractiveLogin: trueFalse(one('kbdinteractiveauthentication')),
    gssapiLogin: trueFalse(one('gssapiauthentication')),
    loginOrder: one('preferredauthentications')?.split(',') ?? null,
    forwardAgent: one('forwardagent'),
    hostKeyAlias: one('hostkeyalias') ?? null,
    hostKeyChecking: strict === 'accept-new' ? 'accept-new' : 'strict',
    unchecked: trueFalse(strict) === 'no' && strict === 'false',
    userKnownHostsFiles: listed(one('userknownhostsfile')).map(tilde),
    globalKnownHostsFiles: listed(one('globalknownhostsfile')),
    hashKnownHosts: trueFalse(one('hashknownhosts')),
    connectTimeout: one('connecttimeout') === 'none' ? null : Number(one('connecttimeout')) * 1000,
    serverAliveInterval: Number(one('serveraliveinterval')) * 1000,
    serverAliveCount: Number(one('serveralivecountmax')),
    environment: Object.fromEntries([...sent, ...set.toReversed()]),
  };
};

/** Our settings in the same words. */
export const comparable = (settings: ConnectionSettings): Readonly<Record<string, unknown>> => ({
  hostName: settings.hostName,
  port: settings.port,
  user: settings.user,
  addressFamily: settings.addressFamily,
  bindAddress: settings.bindAddress,
  identityFiles: settings.identityFiles.map(({ path }) => path),
  certificateFiles: settings.certificateFiles,
  identitiesOnly: settings.identitiesOnly,
  identityAgent: settings.identityAgent,
  jump: settings.jump?.name ?? null,
  proxyCommand: settings.proxyCommand,
  publicKeyLogin: settings.publicKeyLogin,
  passwordLogin: settings.passwordLogin,
  keyboardInteractiveLogin: settings.keyboardInteractiveLogin,
  gssapiLogin: settings.gssapiLogin,
  loginOrder: settings.loginOrder,
  forwardAgent: settings.forwardAgent,
  hostKeyAlias: settings.sources['hostkeyalias'] === undefined ? null : settings.hostKeyName,
  hostKeyChecking: settings.hostKeyChecking,
  unchecked: settings.uncheckedAt !== null,
  userKnownHostsFiles: settings.userKnownHostsFiles,
  globalKnownHostsFiles: settings.globalKnownHostsFiles,
  hashKnownHosts: settings.hashKnownHosts,
  connectTimeout: settings.connectTimeout,
  serverAliveInterval: settings.serverAliveInterval ?? 0,
  serverAliveCount: settings.serverAliveCount ?? 3,
  environment: settings.environment,
});
