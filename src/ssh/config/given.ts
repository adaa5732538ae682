import type { Host, Value } from '../../model/host.ts';
import { openSecret, Secret } from '../../model/secret.ts';
import { type CommandLine, commandLineOf, quoted, quotedPath } from './command-line.ts';
import { optionDirective } from './config-file.ts';
import type { Directive } from './directive.ts';

/** What flags say of connections. */
export interface SshFlags {
  /** `-F`: in place of the user's and the system's ssh_config; `none`: neither. */
  readonly config?: string;
  /** Options of ssh(1), of hosts whose variables have no `ansible_ssh_common_args`. */
  readonly commonArgs?: string;
  /** The same for `ansible_ssh_extra_args`. */
  readonly extraArgs?: string;
  /** `-u`, where it was given. */
  readonly user?: string;
  readonly privateKeyFile?: string;
  /** Of host keys that no file has: record them (`accept-new`), or verify nothing (`off`). */
  readonly hostKeys?: 'accept-new' | 'off';
  /** Seconds. */
  readonly connectTimeout?: number;
}

const textOf = (value: Value | undefined): string | undefined => {
  const open = value instanceof Secret ? openSecret(value) : value;
  return open === undefined || open === null || typeof open === 'object' ? undefined : String(open);
};

const said = (line: string, at: string, by: Directive['by']): readonly Directive[] => {
  const directive = optionDirective(line, at, by);
  return directive === null ? [] : [directive];
};

const nothing: CommandLine = { directives: [], config: null };

const varOf = (host: Host, names: readonly string[]): { readonly name: string; readonly text: string } | undefined => {
  const name = names.findLast((candidate) => textOf(host.vars[candidate]) !== undefined);
  const text = name === undefined ? undefined : textOf(host.vars[name]);
  return name === undefined || text === undefined ? undefined : { name, text };
};

const wordsIn = (host: Host, ...names: readonly string[]): CommandLine => {
  const found = varOf(host, names);
  return found === undefined ? nothing : commandLineOf(found.text, `${found.name} of ${host.name}`, 'inventory');
};

/** What is typed holds where the host has no such variable, as with Ansible. */
const wordsOr = (typed: string | undefined, flag: string, host: Host, name: string): CommandLine =>
  typed === undefined || varOf(host, [name]) !== undefined ? wordsIn(host, name) : commandLineOf(typed, flag, 'flag');

const uncheckedWords = (host: Host): readonly Directive[] => {
  const found = varOf(host, ['ansible_host_key_checking', 'ansible_ssh_host_key_checking']);
  return found !== undefined && /^(false|no|off|0)$/i.test(found.text)
    ? said('StrictHostKeyChecking no', `${found.name} of ${host.name}`, 'inventory')
    : [];
};

const fieldWords = (host: Host): readonly Directive[] => {
  const at = `the inventory, host ${host.name}`;
  const assumed = host.assumed ?? [];
  const timeout = varOf(host, ['ansible_timeout', 'ansible_ssh_timeout']);
  return [
    ...(assumed.includes('port') ? [] : said(`Port ${host.port}`, at, 'inventory')),
    ...(host.privateKeyFile === undefined
      ? []
      : said(`IdentityFile ${quotedPath(host.privateKeyFile)}`, at, 'inventory')),
    ...(assumed.includes('user') ? [] : said(`User ${quoted(host.user)}`, at, 'inventory')),
    ...(host.knownHostsFiles === undefined
      ? []
      : [
          ...said(`UserKnownHostsFile ${host.knownHostsFiles.map(quotedPath).join(' ') || 'none'}`, at, 'inventory'),
          ...said('GlobalKnownHostsFile none', at, 'inventory'),
        ]),
    ...uncheckedWords(host),
    ...(timeout === undefined
      ? []
      : said(`ConnectTimeout ${timeout.text}`, `${timeout.name} of ${host.name}`, 'inventory')),
  ];
};

const flagWords = (flags: SshFlags): readonly Directive[] => [
  ...(flags.user === undefined ? [] : said(`User ${quoted(flags.user)}`, '-u', 'flag')),
  ...(flags.privateKeyFile === undefined
    ? []
    : said(`IdentityFile ${quotedPath(flags.privateKeyFile)}`, '--private-key', 'flag')),
  ...(flags.connectTimeout === undefined ? [] : said(`ConnectTimeout ${flags.connectTimeout}`, '--timeout', 'flag')),
];

/**
 * What is said of a host outside of ssh_config, the strongest first, in the order of Ansible's own command lines:
 * `ansible_ssh_args`, the variables, `ansible_ssh_common_args`, `ansible_ssh_extra_args` (or the flags of these names);
 * then our flags.
 */
export const givenOf = (host: Host, flags: SshFlags): CommandLine => {
  const first = wordsIn(host, 'ansible_ssh_args');
  const common = wordsOr(flags.commonArgs, '--ssh-common-args', host, 'ansible_ssh_common_args');
  const extra = wordsOr(flags.extraArgs, '--ssh-extra-args', host, 'ansible_ssh_extra_args');
  return {
    directives: [
      ...first.directives,
      ...fieldWords(host),
      ...common.directives,
      ...extra.directives,
      ...flagWords(flags),
    ],
    config: extra.config ?? common.config ?? first.config ?? flags.config ?? null,
  };
};
