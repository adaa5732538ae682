import { createHmac, randomBytes } from 'node:crypto';
import type { ShownKey } from './host-key-problems.ts';
import { type HostMatcher, hostMatcher } from './host-patterns.ts';
import { parseKnownHosts } from './known-hosts.ts';

/** Keys of one host to record. */
export interface NewKeys {
  /** As known_hosts has it: `name`, `[name]:2222`. */
  readonly name: string;
  readonly keys: readonly ShownKey[];
  /** `replace`: take away what is there of the name first. */
  readonly others: 'keep' | 'replace';
}

const hashedName = (name: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

/**
 * A line without a name: `null` when nothing is left of it, as it is when the name is in it by a pattern only, or the
 * line is marked (`@revoked`, `@cert-authority`) or is none.
 */
const withoutName = (line: string, name: string): string | null => {
  const [, before = '', field = '', after = ''] = /^([ \t]*)([^ \t#@][^ \t]*)([ \t].*)$/s.exec(line) ?? [];
  if (field === '') return line;
  if (field.startsWith('|')) return hostMatcher(field)?.(name) === true ? null : line;
  const names = field.split(',');
  const left = names.filter((one) => one.toLowerCase() !== name);
  if (left.length === names.length) return line;
  return left.length === 0 ? null : `${before}${left.join(',')}${after}`;
};

/** What says whether a text has a key of a name already. */
const knownIn = (text: string): ((name: string, key: ShownKey) => boolean) => {
  const byKey = new Map<string, readonly HostMatcher[]>();
  for (const { is, key, matches } of parseKnownHosts('', text).keys) {
    if (is !== 'own') continue;
    const encoded = key.toString('base64');
    byKey.set(encoded, [...(byKey.get(encoded) ?? []), matches]);
  }
  return (name, { key }) => (byKey.get(key.toString('base64')) ?? []).some((matches) => matches(name));
};

/** The text of a known_hosts file with keys added that it has not yet: it begins as before, unless some are replaced. */
export const withKeys = (text: string, added: readonly NewKeys[], hash: 'yes' | 'no'): string => {
  const replaced = added.filter(({ others }) => others === 'replace').map(({ name }) => name);
  const kept = text.split('\n').flatMap((line) => {
    const left = replaced.reduce<string | null>((rest, name) => (rest === null ? null : withoutName(rest, name)), line);
    return left === null ? [] : [left];
  });
  const before = kept.join('\n');
  const isKnown = knownIn(before);
  const lines = added.flatMap(({ name, keys }) =>
    keys
      .filter((key) => !isKnown(name, key))
      .map(({ keyType, key }) => `${hash === 'yes' ? hashedName(name) : name} ${keyType} ${key.toString('base64')}\n`),
  );
  const between = before === '' || before.endsWith('\n') || lines.length === 0 ? '' : '\n';
  return `${before}${between}${lines.join('')}`;
};
