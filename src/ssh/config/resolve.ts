import type { ConnectionSettings, SettingsOf } from '../../model/connection-settings.ts';
import type { Problem } from '../../model/error.ts';
import type { Host } from '../../model/host.ts';
import { type Chosen, choose, dialNameOf, firstWord, type MatchExec } from './choose.ts';
import { type CommandLine, quoted } from './command-line.ts';
import { optionDirective } from './config-file.ts';
import type { Directive } from './directive.ts';
import { filesOf } from './files-of.ts';
import { givenOf, type SshFlags } from './given.ts';
import { type Hop, hopsOf, jumpText } from './jump-hosts.ts';
import { configProblem } from './problems.ts';
import { requirementsOf, warningsOf } from './unsupported.ts';
import { valuesOf } from './values.ts';

export interface SshConfigOptions {
  readonly home: string;
  /** Who runs this, as tokens and `Match localuser` have it. */
  readonly localUser: string;
  readonly uid: number;
  /** This machine, as gethostname(2) has it. */
  readonly localHost: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: SshFlags;
  /** For `Match exec`; commands are refused where it is absent. */
  readonly matchExec?: MatchExec;
  /** `/etc/ssh/ssh_config` when absent. */
  readonly systemConfig?: string;
  /** `/etc/ssh/ssh_known_hosts` and `…2` when absent. */
  readonly systemKnownHosts?: readonly string[];
}

export interface SshSettings {
  readonly of: SettingsOf;
  /** What was found so far in ssh_config that we do not do: one of each keyword. */
  readonly warnings: () => readonly Problem[];
}

interface Asked {
  readonly name: string;
  readonly argument: string;
  readonly given: CommandLine;
  readonly defaultUser: string;
  /** The machines whose way leads here: the target first. */
  readonly trail: readonly string[];
}

const jumpsMax = 16;

/** `%`-letters of ssh_config(5), TOKENS, but those that not all releases understand alike (`%C`, `%j`, `%I`, …). */
const tokensOf = (options: SshConfigOptions, argument: string, chosen: Chosen): Readonly<Record<string, string>> => {
  const alias = firstWord(chosen, 'hostkeyalias');
  return {
    d: options.home,
    h: dialNameOf(chosen, argument),
    i: String(options.uid),
    k: alias ?? argument,
    L: options.localHost.replace(/\..*$/s, ''),
    l: options.localHost,
    n: argument,
    p: firstWord(chosen, 'port') ?? '22',
    r: firstWord(chosen, 'user') ?? options.localUser,
    u: options.localUser,
  };
};

const hopGiven = (hop: Hop, before: readonly Hop[], config: string | null, at: string): CommandLine => {
  const lines = [
    ...(hop.user === null ? [] : [`User ${quoted(hop.user)}`]),
    ...(hop.port === null ? [] : [`Port ${hop.port}`]),
    ...(before.length === 0 ? [] : [`ProxyJump ${jumpText(before)}`]),
  ];
  return {
    directives: lines.map((line) => optionDirective(line, at, 'ssh-config')).filter((found) => found !== null),
    config,
  };
};

/**
 * Says how hosts are reached: what the inventory says of a host counts most, then the flags, then ssh_config(5), then
 * what ssh(1) does by itself. Files are read once, when the first host needs them; no process is started.
 */
export const sshSettings = (options: SshConfigOptions): SshSettings => {
  const files = filesOf({
    home: options.home,
    uid: options.uid,
    system: options.systemConfig ?? '/etc/ssh/ssh_config',
  });
  const warnings = new Map<string, Problem>();
  const known = new Map<Host, ConnectionSettings>();
  const hops = new Map<string, ConnectionSettings>();

  const jumpOf = (proxy: Directive | undefined, asked: Asked, tokens: Readonly<Record<string, string>>) => {
    if (proxy?.keyword !== 'proxyjump') return null;
    const chain = hopsOf(proxy.text);
    if (chain === null) {
      throw configProblem(
        'jump',
        proxy.at,
        `ProxyJump ${proxy.text} names no hosts`,
        'Write ProxyJump [user@]host[:port],…',
      );
    }
    const last = chain.at(-1);
    return last === undefined ? null : resolveHop(last, chain.slice(0, -1), proxy, asked, tokens);
  };

  const resolveHop = (
    hop: Hop,
    before: readonly Hop[],
    proxy: Directive,
    asked: Asked,
    tokens: Readonly<Record<string, string>>,
  ): ConnectionSettings => {
    const argument = hop.host.replace(/%([hnpr%])/g, (_, letter: string) =>
      letter === '%' ? '%' : (tokens[letter] ?? ''),
    );
    const key = JSON.stringify([jumpText([{ ...hop, host: argument }]), jumpText(before), asked.given.config]);
    if (asked.trail.includes(key) || asked.trail.length > jumpsMax) {
      throw configProblem(
        'jump-loop',
        proxy.at,
        `${asked.argument} is reached through itself: ProxyJump ${proxy.text.trim()}`,
        `Leave the jump host out where ProxyJump is said: Host * !${hop.host}`,
      );
    }
    const found =
      hops.get(key) ??
      resolve({
        name: argument,
        argument,
        given: hopGiven(hop, before, asked.given.config, proxy.at),
        defaultUser: options.localUser,
        trail: [...asked.trail, key],
      });
    hops.set(key, found);
    return found;
  };

  const resolve = (asked: Asked): ConnectionSettings => {
    const { argument, given } = asked;
    const tokens = (chosen: Chosen) => tokensOf(options, argument, chosen);
    const chosen = choose(given.directives, files(given.config), {
      argument,
      localUser: asked.defaultUser,
      matchExec: options.matchExec,
      tokens,
    });
    for (const warning of warningsOf(chosen)) if (!warnings.has(warning.code)) warnings.set(warning.code, warning);
    const ownTokens = tokens(chosen);
    const values = valuesOf(chosen, argument, { ...options, tokens: ownTokens });
    const jump = jumpOf(chosen.get('proxy')?.[0], asked, ownTokens);
    const user = values.user ?? asked.defaultUser;
    if (jump !== null && jump.argument === values.hostName && jump.port === values.port && jump.user === user) {
      const at = chosen.get('proxy')?.[0]?.at ?? '';
      throw configProblem(
        'jump-loop',
        at,
        `${argument} is reached through itself`,
        `Leave the jump host out where ProxyJump is said: Host * !${argument}`,
      );
    }
    return {
      ...values,
      user,
      name: asked.name,
      argument,
      jump,
      requires: [
        ...requirementsOf(chosen, values.algorithms),
        ...(jump?.requires ?? []).map(({ why, at }) => ({
          why: `the jump host ${jump?.name ?? ''} needs it: ${why}`,
          at,
        })),
      ],
      sshOptions: [
        ...(given.config === null ? [] : ['-F', given.config]),
        ...[
          '-o',
          `StrictHostKeyChecking=${{ strict: 'yes', 'accept-new': 'accept-new', off: 'no' }[values.hostKeyChecking]}`,
        ],
        ...given.directives.flatMap(({ keyword, text }) => ['-o', `${keyword}=${text}`]),
      ],
      sources: Object.fromEntries(
        [...chosen.values()].flatMap(([first]) => (first === undefined ? [] : [[first.keyword, first.at]])),
      ),
    };
  };

  return {
    of: (host) => {
      const before = known.get(host);
      if (before !== undefined) return before;
      const given = givenOf(host, options.flags);
      const found = resolve({
        name: host.name,
        argument: host.address,
        given,
        defaultUser: host.user,
        trail: [],
      });
      known.set(host, found);
      return found;
    },
    warnings: () => [...warnings.values()],
  };
};
