import type { ConnectionSettings, Requirement } from '../../model/connection-settings.ts';
import type { Problem } from '../../model/error.ts';
import { kindsBeyondSsh2 } from '../algorithms.ts';
import { type Chosen, firstWord } from './choose.ts';
import { type Directive, flagOf } from './directive.ts';
import { handlingOf } from './keywords.ts';
import { configProblem } from './problems.ts';

const says = ({ words }: Directive, harmless: readonly string[]): boolean =>
  !harmless.includes(words.join(' ').toLowerCase());

const gssapi = 'gssapi-with-mic';
const ourLogins = ['publickey', 'password', 'keyboard-interactive'];

/** Login methods that ssh2 has none of, where nothing else may be tried, or tickets before all else. */
const foreignLogins = (chosen: Chosen): readonly Requirement[] => {
  const order = chosen.get('preferredauthentications')?.[0];
  if (order === undefined) return [];
  const methods = order.words[0]?.split(',') ?? [];
  if (!methods.some((method) => ourLogins.includes(method))) {
    return [{ why: `PreferredAuthentications allows ${methods.join(', ')} alone`, at: order.at }];
  }
  return methods[0] === gssapi && flagOf(firstWord(chosen, 'gssapiauthentication') ?? '') === 'yes'
    ? [{ why: `PreferredAuthentications puts ${gssapi} first`, at: order.at }]
    : [];
};

const kindWords = { kex: 'kexalgorithms', cipher: 'ciphers', mac: 'macs', hostKey: 'hostkeyalgorithms' } as const;

/** Lists of algorithms that leave ssh2 none, or say which signatures of ours are allowed. */
const foreignAlgorithms = (chosen: Chosen, written: ConnectionSettings['algorithms']): readonly Requirement[] => {
  const accepted = chosen.get('pubkeyacceptedalgorithms')?.[0];
  return [
    ...kindsBeyondSsh2(written).map((kind) => ({
      why: `${kindWords[kind]} allows nothing that ssh2 can do`,
      at: chosen.get(kindWords[kind])?.[0]?.at ?? '',
    })),
    ...(accepted === undefined || /^[+^]/.test(accepted.words[0] ?? '')
      ? []
      : [{ why: 'pubkeyacceptedalgorithms is set', at: accepted.at }]),
  ];
};

/**
 * What needs ssh(1) itself. Throws `ssh.config-refused` for a keyword with which not even ssh(1) would run our
 * commands.
 */
export const requirementsOf = (chosen: Chosen, written: ConnectionSettings['algorithms']): readonly Requirement[] => {
  const found: Requirement[] = [...foreignLogins(chosen), ...foreignAlgorithms(chosen, written)];
  for (const [directive] of chosen.values()) {
    if (directive === undefined) continue;
    const { keyword, at } = directive;
    const handling = handlingOf(keyword);
    if (handling?.kind === 'openssh' && says(directive, handling.harmless)) {
      found.push({ why: `${keyword} is set`, at });
    }
    if (handling?.kind === 'refused' && says(directive, handling.harmless)) {
      const what = `${keyword} ${directive.words.join(' ')} leaves no way to run commands`;
      throw configProblem('refused', at, what, 'Say it for other hosts only, or use another file: -F FILE');
    }
    const isCommand = keyword === 'proxycommand' && directive.text.trim().toLowerCase() !== 'none';
    if (isCommand) found.push({ why: 'ProxyCommand is set', at });
    if (keyword === 'certificatefile' && says(directive, ['none'])) found.push({ why: 'CertificateFile is set', at });
  }
  return found;
};

/** What is set and has no effect here. The code names the keyword. */
export const warningsOf = (chosen: Chosen): readonly Problem[] =>
  [...chosen.values()].flatMap(([directive]) => {
    const handling = directive === undefined ? undefined : handlingOf(directive.keyword);
    if (directive === undefined || handling?.kind !== 'warned' || !says(directive, handling.harmless)) return [];
    const { keyword, at } = directive;
    return [
      {
        code: `ssh.config-no-effect-${keyword}`,
        message: `${at}: ${keyword} has no effect here`,
        remedy: `Nothing, if you set it for logins by hand; else put it under a Host of its own`,
        facts: { at, keyword },
      },
    ];
  });
