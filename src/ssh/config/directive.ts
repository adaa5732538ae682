import type { Shape } from './keywords.ts';
import { wordsOf } from './words.ts';

/** One keyword with its argument. */
export interface Directive {
  /** In lower case, by its own name. */
  readonly keyword: string;
  readonly words: readonly string[];
  /** As it is written after the keyword, for commands. */
  readonly text: string;
  /** Who says it: `~/.ssh/config:12`, `ansible_port`, `-u`. */
  readonly at: string;
  readonly by: 'inventory' | 'flag' | 'ssh-config';
}

const unit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Milliseconds of `90`, `90s`, `1m30s` (sshd_config(5), TIME FORMATS); `null` for `none`, `undefined` for what is no time. */
export const timeOf = (text: string): number | null | undefined => {
  if (text === 'none') return null;
  if (!/^(\d+[smhdw]?)+$/i.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/gi)];
  return (
    parts.reduce((sum, [, count, name]) => sum + Number(count) * (unit[(name || 's').toLowerCase()] ?? 1), 0) * 1000
  );
};

/** `undefined` for what is neither. */
export const flagOf = (text: string): 'yes' | 'no' | undefined => {
  const lower = text.toLowerCase();
  if (lower === 'yes' || lower === 'true') return 'yes';
  return lower === 'no' || lower === 'false' ? 'no' : undefined;
};

const choices: Readonly<Record<string, readonly string[]>> = {
  addressfamily: ['any', 'inet', 'inet6'],
  pubkeyauthentication: ['yes', 'true', 'no', 'false', 'unbound', 'host-bound'],
  stricthostkeychecking: ['yes', 'true', 'no', 'false', 'off', 'ask', 'accept-new'],
};

const whyNot = (keyword: string, shape: Shape, word: string): string | undefined => {
  const choice = choices[keyword];
  if (choice !== undefined && !choice.includes(word.toLowerCase())) return `takes ${choice.join(', ')}`;
  switch (shape) {
    case 'flag':
      return flagOf(word) === undefined ? 'takes yes or no' : undefined;
    case 'time':
      return timeOf(word) === undefined ? 'takes a time, such as 30 or 1m30s' : undefined;
    case 'number':
      return /^\d{1,9}$/.test(word) ? undefined : 'takes a number';
    case 'port':
      return /^\d{1,5}$/.test(word) && Number(word) >= 1 && Number(word) <= 65_535
        ? undefined
        : 'takes a port from 1 to 65535';
    case 'word':
    case 'words':
    case 'command':
    case 'jump':
      return word === '' ? 'takes an argument that is not empty' : undefined;
  }
};

/** The argument of a keyword, or what is wrong with it, as a clause that goes on from the keyword. */
export const argumentOf = (
  keyword: string,
  shape: Shape,
  text: string,
): { readonly words: readonly string[] } | { readonly wrong: string } => {
  if (shape === 'command') return text.trim() === '' ? { wrong: 'takes a command' } : { words: [] };
  const words = wordsOf(text);
  if (words === null) return { wrong: 'has a quotation that does not end' };
  const [first] = words;
  if (first === undefined) return { wrong: 'takes an argument' };
  if (shape === 'jump') return { words };
  if (shape !== 'words' && words.length > 1) return { wrong: `takes one argument, and this is ${words.length}` };
  const wrong = words.map((word) => whyNot(keyword, shape, word)).find((why) => why !== undefined);
  return wrong === undefined ? { words } : { wrong };
};
