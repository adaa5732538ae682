import { join, resolve } from 'node:path';
import type { Host } from '../model/host.ts';
import { HIDDEN, openSecret } from '../model/secret.ts';
import type { Position, YamlNode, YamlScalar, YamlSecret } from '../yaml/index.ts';
import type { Vars } from './draft.ts';
import { refuse } from './refuse.ts';

/** What a host's variables are completed with. */
export interface ConnectionDefaults {
  readonly user: string;
  /** What `~` stands for in paths. */
  readonly home: string;
  /** The directory that relative paths of a file start from. */
  directoryOf(at: Position): string;
}

type Connection = Pick<Host, 'address' | 'port' | 'user' | 'assumed' | 'privateKeyFile' | 'knownHostsFiles'>;

/** The last that is set wins, as in Ansible's ssh connection. */
const NAMES = {
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  key: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  knownHosts: ['ovsfleet_known_hosts'],
} as const;

/** Variables that are words for ssh(1), or stand for such words. */
const SSH_WORDS = [
  'ansible_ssh_args',
  'ansible_ssh_common_args',
  'ansible_ssh_extra_args',
  'ansible_host_key_checking',
  'ansible_ssh_host_key_checking',
  'ansible_timeout',
  'ansible_ssh_timeout',
] as const;

/** Every variable that decides how a host is reached. */
export const CONNECTION_VARIABLES: readonly string[] = [...Object.values(NAMES).flat(), ...SSH_WORDS];

interface Setting {
  readonly name: string;
  readonly node: YamlNode;
}

/** Where and as whom to connect is shown to the user, even if a vault says it. */
const opened = ({ secret, at }: YamlSecret): YamlScalar => ({
  kind: 'scalar',
  value: openSecret(secret),
  text: HIDDEN,
  at,
});

const settingOf = (vars: Vars, names: readonly string[]): Setting | undefined => {
  const name = names.findLast((candidate) => vars.has(candidate));
  const written = name === undefined ? undefined : vars.get(name)?.value;
  const node = written?.kind === 'secret' ? opened(written) : written;
  return name === undefined || node === undefined ? undefined : { name, node };
};

const shown = (node: YamlNode): string => (node.kind === 'scalar' ? `"${node.text}"` : `a ${node.kind}`);

const textOf = (host: string, { name, node }: Setting, example: string): string => {
  if (node.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') return node.value;
  return refuse(node.at, `bad-${name}`, `host ${host}: ${name} must be text, and this is ${shown(node)}`, example);
};

const addressOf = (host: string, setting: Setting | undefined): string => {
  if (setting === undefined) return host;
  const example = `${setting.name}: 192.0.2.10`;
  const address = textOf(host, setting, example);
  if (/^[^\s/@[\]-][^\s/@[\]]*$/.test(address)) return address;
  return refuse(
    setting.node.at,
    'bad-address',
    `host ${host}: ${shown(setting.node)} is no name or address of a host`,
    example,
  );
};

const portOf = (host: string, setting: Setting | undefined): number => {
  if (setting === undefined) return 22;
  const { name, node } = setting;
  const text = node.kind === 'scalar' && node.value !== null ? String(node.value) : '';
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const message = `host ${host}: ${name} must be a port from 1 to 65535, and this is ${shown(node)}`;
  return refuse(node.at, 'bad-port', message, `${name}: 22`);
};

const userOf = (host: string, setting: Setting | undefined, fallback: string): string => {
  if (setting === undefined) return fallback;
  const user = textOf(host, setting, `${setting.name}: root`);
  if (/^[^\s:-][^\s:]*$/.test(user)) return user;
  return refuse(
    setting.node.at,
    'bad-user',
    `host ${host}: ${shown(setting.node)} is no name of a user`,
    `${setting.name}: root`,
  );
};

const pathOf = (host: string, setting: Setting, defaults: ConnectionDefaults): string => {
  const path = textOf(host, setting, `${setting.name}: ~/.ssh/id_ed25519`);
  if (path === '~' || path.startsWith('~/')) return join(defaults.home, path.slice(1));
  if (!path.startsWith('~')) return resolve(defaults.directoryOf(setting.node.at), path);
  const message = `host ${host}: ${setting.name} begins with the home of another user, which is not looked up`;
  return refuse(setting.node.at, 'bad-path', message, `Write the path in full: ${setting.name}: /home/USER/…`);
};

/**
 * Where and as whom to reach a host: its variables, else its name, port 22 and the default user.
 * In paths `~` is the given home, and a relative path starts from the directory of the inventory file that says it, or
 * from the directory that holds the `group_vars/` or `host_vars/` that say it (Ansible: from the working directory).
 * Throws `inventory.bad-port`, `inventory.bad-address`, … with the place.
 */
export const connectionOf = (host: string, vars: Vars, defaults: ConnectionDefaults): Connection => {
  const key = settingOf(vars, NAMES.key);
  const knownHosts = settingOf(vars, NAMES.knownHosts);
  const knownHostsNodes = knownHosts?.node.kind === 'list' ? knownHosts.node.items : [knownHosts?.node];
  const knownHostsFiles = knownHostsNodes.flatMap((node) =>
    knownHosts === undefined || node === undefined ? [] : [pathOf(host, { name: knownHosts.name, node }, defaults)],
  );
  const told = { port: settingOf(vars, NAMES.port), user: settingOf(vars, NAMES.user) };
  const assumed = (['port', 'user'] as const).filter((field) => told[field] === undefined);
  return {
    address: addressOf(host, settingOf(vars, NAMES.address)),
    port: portOf(host, told.port),
    user: userOf(host, told.user, defaults.user),
    ...(assumed.length === 0 ? {} : { assumed }),
    ...(key === undefined ? {} : { privateKeyFile: pathOf(host, key, defaults) }),
    ...(knownHosts === undefined ? {} : { knownHostsFiles }),
  };
};
