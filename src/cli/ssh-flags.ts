import { spawnSync } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import { type SshFlags, type SshSettings, sshSettings } from '../ssh/index.ts';

/** The flags that say how ssh is done, where the inventory does not say it. */
export const sshOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('ssh-config', {
      alias: 'F',
      type: 'string',
      nargs: 1,
      describe: 'Read this in place of ~/.ssh/config and /etc/ssh/ssh_config; none: neither',
    })
    .option('ssh-common-args', {
      type: 'string',
      nargs: 1,
      describe: "Options of ssh, e.g. '-o ProxyJump=bastion', where a host has no ansible_ssh_common_args",
    })
    .option('ssh-extra-args', {
      type: 'string',
      nargs: 1,
      describe: 'The same, where a host has no ansible_ssh_extra_args',
    })
    .option('accept-new-host-keys', {
      type: 'boolean',
      default: false,
      describe: 'Record the key of a host that no known_hosts file knows; a changed one is refused as ever',
    })
    .option('insecure-no-host-key-check', {
      type: 'boolean',
      default: false,
      describe: 'Take whatever key a host shows: whoever sits in between can read and change all',
    })
    .option('allow-match-exec', {
      type: 'boolean',
      default: false,
      describe: 'Run the commands of "Match exec" in ssh_config, on this machine, for each host',
    });

/** What was typed of ssh. */
export interface TypedSshFlags extends SshFlags {
  readonly matchExec: 'allowed' | 'refused';
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The user who runs this; a container may run as a number that no password file knows. */
export const localUser = (): string => {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'nobody');
  }
};

const hostKeysOf = (argv: Readonly<Record<string, unknown>>): SshFlags['hostKeys'] => {
  if (argv['insecureNoHostKeyCheck'] === true) return 'off';
  return argv['acceptNewHostKeys'] === true ? 'accept-new' : undefined;
};

export const sshFlagsOf = (argv: Readonly<Record<string, unknown>>): TypedSshFlags => {
  const config = text(argv['sshConfig']);
  const commonArgs = text(argv['sshCommonArgs']);
  const extraArgs = text(argv['sshExtraArgs']);
  const user = text(argv['user']);
  const privateKeyFile = text(argv['privateKey']);
  const timeout = argv['timeout'];
  const hostKeys = hostKeysOf(argv);
  return {
    matchExec: argv['allowMatchExec'] === true ? 'allowed' : 'refused',
    ...(config === undefined
      ? {}
      : { config: config === 'none' || config.startsWith('~/') ? config : resolve(config) }),
    ...(commonArgs === undefined ? {} : { commonArgs }),
    ...(extraArgs === undefined ? {} : { extraArgs }),
    ...(user === undefined ? {} : { user }),
    ...(privateKeyFile === undefined ? {} : { privateKeyFile }),
    ...(typeof timeout === 'number' ? { connectTimeout: timeout } : {}),
    ...(hostKeys === undefined ? {} : { hostKeys }),
  };
};

/** As ssh(1) runs it: by the user's shell, with nothing to read and nowhere to write. */
const endsWell = (command: string): boolean =>
  spawnSync(process.env['SHELL'] || '/bin/sh', ['-c', command], { stdio: 'ignore' }).status === 0;

/** How hosts are reached from this machine. */
export const openSshSettings = ({ matchExec, ...flags }: TypedSshFlags, home: string): SshSettings =>
  sshSettings({
    home,
    localUser: localUser(),
    uid: process.getuid?.() ?? 0,
    localHost: hostname(),
    env: process.env,
    flags,
    ...(matchExec === 'allowed' ? { matchExec: endsWell } : {}),
  });

/** Whether a host is this machine, which nothing of ssh concerns. */
export const isHere = ({ vars }: Host): boolean =>
  vars['ansible_connection'] === 'local' || vars['ansible_connection'] === 'ansible.builtin.local';

/** Settles how each host is reached, before any is connected to. Throws all that stands in the way, each once. */
export const settleWays = (settings: SshSettings, hosts: readonly Host[]): void => {
  const problems = new Map<string, FleetError>();
  for (const host of hosts) {
    try {
      if (!isHere(host)) settings.of(host);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      problems.set(error.message, error);
    }
  }
  const [first, ...more] = problems.values();
  if (first === undefined) return;
  if (more.length === 0) throw first;
  const all = [first, ...more];
  throw new FleetError({
    code: first.code,
    message: all.map(({ message }) => message).join('\n'),
    remedy: all.map(({ remedy }) => remedy).join('\n'),
    facts: first.facts,
  });
};
