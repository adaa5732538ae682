import { isIPv6 } from 'node:net';
import { FleetError } from '../model/error.ts';

/** One part of a pattern, and what it does to the hosts that the parts before it chose. */
export interface Term {
  readonly effect: 'add' | 'keep' | 'remove';
  /** Without the sign. */
  readonly text: string;
}

const ORDER: readonly Term['effect'][] = ['add', 'keep', 'remove'];

export const badPattern = (pattern: string, reason: string, remedy: string): FleetError =>
  new FleetError({
    code: 'inventory.bad-pattern',
    message: `the pattern '${pattern}' ${reason}`,
    remedy,
    facts: { pattern },
  });

const termOf = (text: string): Term => {
  if (text.startsWith('&')) return { effect: 'keep', text: text.slice(1) };
  if (text.startsWith('!')) return { effect: 'remove', text: text.slice(1) };
  return { effect: 'add', text };
};

/** Brackets that pair, or other text up to a separator. */
const BY_COMMA = /(?:[^,[\]]|\[[^\]]*\])+/g;
const BY_COLON = /(?:[^\s:[\]]|\[[^\]]*\])+/g;

/** The parts of a pattern as written: split at commas, or at colons where there is no comma. */
export const splitPattern = (pattern: string): readonly string[] => {
  if (pattern.trim() === '') throw badPattern(pattern, 'is empty', "Write 'all' for all hosts");
  if (isIPv6(pattern)) return [pattern];
  const outside = pattern.replaceAll(/\[[^\]]*\]/g, '');
  if (/[[\]]/.test(outside)) throw badPattern(pattern, 'has an unpaired bracket', "Write 'group[0:2]'");
  const separator = outside.includes(',') ? BY_COMMA : BY_COLON;
  return [...pattern.matchAll(separator)].map(([part]) => part.trim()).filter((part) => part !== '');
};

/**
 * The terms of a pattern in the order in which they count: first all that add, then `&`, then `!`, however they are
 * typed; from `all` when none adds.
 */
export const termsOf = (parts: readonly string[]): readonly Term[] => {
  const terms = parts.map(termOf);
  const bare = parts.find((part) => termOf(part).text === '');
  if (bare !== undefined)
    throw badPattern(bare, 'has a sign and no name', "Write '!hv01' or '&rack1', without a space");
  const all: readonly Term[] = terms.some(({ effect }) => effect === 'add') ? [] : [{ effect: 'add', text: 'all' }];
  return ORDER.flatMap((effect) => [...all, ...terms].filter((term) => term.effect === effect));
};
