import { join } from 'node:path';
import type { ConnectionSettings, HostKeyChecking, IdentityFile } from '../../model/connection-settings.ts';
import { knownHostsName } from '../host-patterns.ts';
import { type Chosen, dialNameOf, firstWord } from './choose.ts';
import { type Directive, flagOf, timeOf } from './directive.ts';
import type { SshFlags } from './given.ts';
import { patternOf } from './patterns.ts';
import { configProblem } from './problems.ts';
import { expand, expandPath, type Places } from './tokens.ts';

interface Around extends Places {
  readonly flags: SshFlags;
  readonly systemKnownHosts?: readonly string[];
}

/** ssh(1)'s own, in its order (readconf.c, `fill_default_options`). */
const defaultIdentities = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];

const isNone = (word: string | undefined): boolean => word?.toLowerCase() === 'none';

const pathsOf = (directives: readonly Directive[], around: Around): readonly (readonly [Directive, string])[] => {
  const written = new Map<string, Directive>();
  for (const one of directives) for (const word of one.words) if (!written.has(word)) written.set(word, one);
  return [...written].filter(([word]) => !isNone(word)).map(([word, one]) => [one, expandPath(word, around, one)]);
};

const identityFiles = (chosen: Chosen, around: Around): readonly IdentityFile[] => {
  const named = chosen.get('identityfile');
  return named === undefined
    ? defaultIdentities.map((name) => ({ path: join(around.home, '.ssh', name), from: 'default' }))
    : pathsOf(named, around).map(([{ by }, path]) => ({ path, from: by }));
};

const agentOf = (chosen: Chosen, around: Around): string | null => {
  const named = chosen.get('identityagent')?.[0];
  const [word = 'SSH_AUTH_SOCK'] = named?.words ?? [];
  if (named === undefined || word === 'SSH_AUTH_SOCK') return around.env['SSH_AUTH_SOCK'] || null;
  if (isNone(word)) return null;
  return /^\$\w+$/.test(word) ? around.env[word.slice(1)] || null : expandPath(word, around, named);
};

/** The first says whether, and the first path says what, as in readconf.c, `oForwardAgent`. */
const forwardOf = (chosen: Chosen, around: Around): string => {
  const all = (chosen.get('forwardagent') ?? []).map((named) => ({ named, word: named.words[0] ?? 'no' }));
  if (all[0] === undefined || flagOf(all[0].word) === 'no') return 'no';
  const path = all.find(({ word }) => flagOf(word) === undefined);
  if (path === undefined) return 'yes';
  return /^\$\w+$/.test(path.word) ? around.env[path.word.slice(1)] || 'no' : expandPath(path.word, around, path.named);
};

const checkingOf = (chosen: Chosen, flags: SshFlags): Pick<ConnectionSettings, 'hostKeyChecking' | 'uncheckedAt'> => {
  const named = chosen.get('stricthostkeychecking')?.[0];
  const word = named?.words[0]?.toLowerCase() ?? 'ask';
  const off = ['no', 'false', 'off'].includes(word);
  const byFlag: HostKeyChecking = flags.hostKeys ?? 'strict';
  const uncheckedAt = off && named !== undefined && byFlag !== 'off' ? named.at : null;
  const insists = ['yes', 'true'].includes(word) && named?.by === 'inventory';
  const checking =
    word === 'accept-new' && byFlag === 'strict'
      ? 'accept-new'
      : insists && byFlag === 'accept-new'
        ? 'strict'
        : byFlag;
  return { hostKeyChecking: checking, uncheckedAt };
};

const knownHosts = (
  chosen: Chosen,
  keyword: string,
  around: Around,
  fallback: readonly string[],
): readonly string[] => {
  const named = chosen.get(keyword)?.[0];
  if (named === undefined) return fallback;
  const words = named.words.filter((word) => !isNone(word));
  return keyword === 'globalknownhostsfile' ? words : words.map((word) => expandPath(word, around, named));
};

const environmentOf = (chosen: Chosen, env: Around['env']): Readonly<Record<string, string>> => {
  let sent: readonly string[] = [];
  for (const word of (chosen.get('sendenv') ?? []).flatMap(({ words }) => words)) {
    const matches = patternOf(word.replace(/^-/, ''));
    sent = word.startsWith('-') ? sent.filter((pattern) => !matches(pattern)) : [...sent, word];
  }
  const wanted = sent.map(patternOf);
  const own = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && wanted.some((matches) => matches(name)) ? [[name, value] as const] : [],
  );
  const [set] = chosen.get('setenv') ?? [];
  const told = (set?.words ?? []).map((word) => {
    const equals = word.indexOf('=');
    if (equals > 0) return [word.slice(0, equals), word.slice(equals + 1)] as const;
    throw configProblem('value', set?.at ?? '', `SetEnv ${word} has no value`, `SetEnv ${word}=…`);
  });
  // The first value of a variable counts, as that of a keyword does.
  return Object.fromEntries([...own, ...told.toReversed()]);
};

const timeIn = (chosen: Chosen, keyword: string): number | null => {
  const word = firstWord(chosen, keyword);
  return word === undefined ? null : (timeOf(word) ?? null);
};

const yesNo = (chosen: Chosen, keyword: string, fallback: 'yes' | 'no'): 'yes' | 'no' =>
  flagOf(firstWord(chosen, keyword) ?? '') ?? fallback;

const familyOf = (word: string | undefined): 0 | 4 | 6 => {
  const lower = word?.toLowerCase();
  if (lower === 'inet') return 4;
  return lower === 'inet6' ? 6 : 0;
};

type Values = Omit<
  ConnectionSettings,
  'name' | 'argument' | 'user' | 'jump' | 'requires' | 'sshOptions' | 'sources'
> & { readonly user: string | undefined };

/** What the chosen words mean for one host. Throws `FleetError` `ssh.config-…`. */
export const valuesOf = (chosen: Chosen, argument: string, around: Around): Values => {
  const hostName = dialNameOf(chosen, argument);
  const port = Number(firstWord(chosen, 'port') ?? '22');
  const alias = firstWord(chosen, 'hostkeyalias');
  const proxy = chosen.get('proxy')?.[0];
  const command = proxy?.keyword === 'proxycommand' ? proxy.text.replace(/^[\s=]+/, '') : 'none';
  const attempts = firstWord(chosen, 'serveralivecountmax');
  const { home } = around;
  return {
    hostName,
    port,
    user: firstWord(chosen, 'user'),
    addressFamily: familyOf(firstWord(chosen, 'addressfamily')),
    bindAddress: firstWord(chosen, 'bindaddress') ?? null,
    proxyCommand: proxy === undefined || isNone(command) ? null : expand(command, around.tokens, proxy),

    identityFiles: identityFiles(chosen, around),
    certificateFiles: pathsOf(chosen.get('certificatefile') ?? [], around).map(([, path]) => path),
    identitiesOnly: yesNo(chosen, 'identitiesonly', 'no'),
    identityAgent: agentOf(chosen, around),
    publicKeyLogin: yesNo(chosen, 'pubkeyauthentication', 'yes'),
    passwordLogin: yesNo(chosen, 'passwordauthentication', 'yes'),
    keyboardInteractiveLogin: yesNo(chosen, 'kbdinteractiveauthentication', 'yes'),
    gssapiLogin: yesNo(chosen, 'gssapiauthentication', 'no'),
    loginOrder: firstWord(chosen, 'preferredauthentications')?.split(',') ?? null,
    forwardAgent: forwardOf(chosen, around),

    hostKeyName: alias?.toLowerCase() ?? knownHostsName(hostName, port),
    hostKeyBareName: alias === undefined && port !== 22 ? hostName : null,
    ...checkingOf(chosen, around.flags),
    userKnownHostsFiles: knownHosts(chosen, 'userknownhostsfile', around, [
      join(home, '.ssh/known_hosts'),
      join(home, '.ssh/known_hosts2'),
    ]),
    globalKnownHostsFiles: knownHosts(
      chosen,
      'globalknownhostsfile',
      around,
      around.systemKnownHosts ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    ),
    hashKnownHosts: yesNo(chosen, 'hashknownhosts', 'no'),

    connectTimeout: timeIn(chosen, 'connecttimeout'),
    serverAliveInterval: timeIn(chosen, 'serveraliveinterval'),
    serverAliveCount: attempts === undefined ? null : Number(attempts),
    environment: environmentOf(chosen, around.env),
    algorithms: {
      hostKey: firstWord(chosen, 'hostkeyalgorithms') ?? null,
      kex: firstWord(chosen, 'kexalgorithms') ?? null,
      cipher: firstWord(chosen, 'ciphers') ?? null,
      mac: firstWord(chosen, 'macs') ?? null,
      publicKey: firstWord(chosen, 'pubkeyacceptedalgorithms') ?? null,
    },
  };
};
