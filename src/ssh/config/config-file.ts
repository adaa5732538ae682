import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FleetError } from '../../model/error.ts';
import { didYouMean, nearest } from '../../model/nearest.ts';
import { quote } from '../../shell/index.ts';
import { errorCode, errorMessage } from '../reasons.ts';
import { argumentOf, type Directive } from './directive.ts';
import { globPaths } from './glob.ts';
import { handlingOf, keywordName, keywords } from './keywords.ts';
import { type Criterion, criteriaOf } from './match.ts';
import { hostLine, type Matches, patternList } from './patterns.ts';
import { allProblems, configProblem } from './problems.ts';
import { delimited, wordsOf } from './words.ts';

export type Item =
  | { readonly kind: 'directive'; readonly directive: Directive }
  | { readonly kind: 'host'; readonly matches: Matches }
  | { readonly kind: 'match'; readonly criteria: readonly Criterion[]; readonly at: string }
  /** The files that an Include names. */
  | { readonly kind: 'include'; readonly files: readonly (readonly Item[])[] };

/** Whose configuration a file is: relative includes start from `~/.ssh`, or from `/etc/ssh`. */
export type Owner = 'user' | 'system';

interface Reading {
  readonly home: string;
  readonly uid: number;
  readonly owner: Owner;
  readonly problems: FleetError[];
  readonly by: Directive['by'];
  /** Patterns of words that are no keywords and still no error. */
  readonly ignored: string[];
}

const depthMax = 16;

const trusted = (path: string, uid: number): void => {
  const { mode, uid: owner } = statSync(path);
  if ((owner === 0 || owner === uid) && (mode & 0o022) === 0) return;
  const what = 'it belongs to somebody else, or others may write it, so it is not read';
  throw configProblem('permissions', path, what, `chmod go-w ${quote(path)}; ls -l ${quote(path)}`);
};

/** `null` when there is no such file. `checked`: one that others may write is refused, as ssh(1) does. */
const textOf = (path: string, uid: number, trust: 'checked' | 'as-is'): string | null => {
  try {
    if (trust === 'checked') trusted(path, uid);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof FleetError) throw error;
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw configProblem('unreadable', path, `it cannot be read: ${errorMessage(error)}`, `ls -ld ${quote(path)}`);
  }
};

const included = (reading: Reading, pattern: string, depth: number, at: string): readonly (readonly Item[])[] => {
  const { home, owner } = reading;
  if (pattern.startsWith('~') && (owner === 'system' || !/^~($|\/)/.test(pattern))) {
    throw configProblem(
      'include',
      at,
      `Include ${pattern} begins with a home that is not looked up`,
      'Write the path in full',
    );
  }
  const absolute = pattern.startsWith('~')
    ? join(home, pattern.slice(1))
    : pattern.startsWith('/')
      ? pattern
      : join(owner === 'user' ? join(home, '.ssh') : '/etc/ssh', pattern);
  return globPaths(absolute).map((path) => itemsOf(reading, path, 'checked', depth + 1) ?? []);
};

const unknownKeyword = (at: string, word: string): FleetError =>
  configProblem(
    'keyword',
    at,
    `ssh_config knows no keyword ${word}.${didYouMean(nearest(word.toLowerCase(), keywords, 2))}`.replace(/[.]$/, ''),
    `Correct it; or, if a later ssh knows it, put before it: IgnoreUnknown ${word}`,
  );

const itemOf = (reading: Reading, keyword: string, text: string, at: string, depth: number): Item | null => {
  const words = wordsOf(text);
  if (words === null)
    throw configProblem('value', at, `${keyword} has a quotation that does not end`, 'Close the quotation');
  switch (keyword) {
    case 'host':
      if (words.includes('')) throw configProblem('value', at, 'Host has an empty pattern', 'Remove it');
      return { kind: 'host', matches: hostLine(words) };
    case 'match': {
      const criteria = criteriaOf(text);
      if ('wrong' in criteria)
        throw configProblem('match', at, `Match ${criteria.wrong}`, 'Correct it: man ssh_config');
      return { kind: 'match', criteria, at };
    }
    case 'include':
      return { kind: 'include', files: words.flatMap((word) => included(reading, word, depth, at)) };
    case 'ignoreunknown':
      reading.ignored.push(...words);
      return null;
  }
  const handling = handlingOf(keyword);
  if (handling === undefined) {
    if (reading.ignored.some((list) => patternList(list.toLowerCase())(keyword))) return null;
    throw unknownKeyword(at, keyword);
  }
  if (handling.kind !== 'used') return { kind: 'directive', directive: { keyword, words, text, at, by: reading.by } };
  const argument = argumentOf(keyword, handling.shape, text);
  if ('wrong' in argument) {
    throw configProblem('value', at, `${keyword} ${argument.wrong}`, `Correct it: man ssh_config, ${keyword}`);
  }
  return { kind: 'directive', directive: { keyword, words: argument.words, text, at, by: reading.by } };
};

/** Reads one line, `null` for one that says nothing. Throws `FleetError` `ssh.config-…`. */
const lineItem = (reading: Reading, line: string, at: string, depth: number): Item | null => {
  const text = line.replace(/[ \t\r\n\f]+$/, '').replace(/^[ \t]+/, '');
  if (text === '' || text.startsWith('#')) return null;
  const split = delimited(text);
  if (split === null) throw configProblem('value', at, 'a quotation does not end', 'Close the quotation');
  if (split.word === '') return null;
  if (split.rest === null || split.rest === '') {
    throw configProblem('value', at, `${split.word} takes an argument`, `Give it one, or remove it`);
  }
  return itemOf(reading, keywordName(split.word), split.rest, at, depth);
};

/** The items of a file, `null` when there is none; problems are collected. */
const itemsOf = (reading: Reading, path: string, trust: 'checked' | 'as-is', depth: number): readonly Item[] | null => {
  const items: Item[] = [];
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      reading.problems.push(error);
      return undefined;
    }
  };
  if (depth > depthMax) {
    reading.problems.push(configProblem('include', path, 'files include each other too deep', 'Remove an Include'));
    return [];
  }
  const text = attempt(() => textOf(path, reading.uid, trust));
  if (text === null) return null;
  for (const [index, line] of (text ?? '').split('\n').entries()) {
    const item = attempt(() => lineItem(reading, line, `${path}:${index + 1}`, depth));
    if (item !== undefined && item !== null) items.push(item);
  }
  return items;
};

/**
 * Reads a file of ssh_config(5) with all that it includes; `null` when it does not exist. Throws one `FleetError`
 * `ssh.config-…` with every line that ssh(1) would refuse too.
 */
export const readConfigFile = (
  path: string,
  who: { readonly home: string; readonly uid: number; readonly owner: Owner; readonly trust: 'checked' | 'as-is' },
): readonly Item[] | null => {
  const problems: FleetError[] = [];
  const items = itemsOf({ ...who, by: 'ssh-config', problems, ignored: [] }, path, who.trust, 0);
  const problem = allProblems(problems);
  if (problem !== undefined) throw problem;
  return items;
};

/** One `-o` of a command line. Throws `FleetError` `ssh.config-…`. */
export const optionDirective = (line: string, at: string, by: Directive['by']): Directive | null => {
  const reading: Reading = { home: '/', uid: 0, owner: 'user', problems: [], ignored: [], by };
  if (/^\s*(host|match|include)[\s=]/i.test(line)) {
    throw configProblem('option', at, `${line} cannot be said on a command line`, 'Write it into ~/.ssh/config');
  }
  const item = lineItem(reading, line, at, 0);
  return item?.kind === 'directive' ? item.directive : null;
};
