import { hostPatternList, type Matches, patternList } from './patterns.ts';
import { delimited } from './words.ts';

/** One condition of a `Match` line. */
export type Criterion =
  | { readonly kind: 'all' | 'canonical' | 'final'; readonly negated: 'yes' | 'no' }
  | {
      readonly kind: 'host' | 'originalhost' | 'user' | 'localuser';
      readonly negated: 'yes' | 'no';
      readonly matches: Matches;
    }
  | { readonly kind: 'exec'; readonly negated: 'yes' | 'no'; readonly command: string }
  /** One that later releases of OpenSSH know: `localnetwork`, `tagged`, … */
  | { readonly kind: 'other'; readonly name: string };

const others = ['localnetwork', 'tagged', 'version', 'sessiontype', 'command'];

const conditionOf = (name: string, argument: string, negated: 'yes' | 'no'): Criterion | undefined => {
  switch (name) {
    case 'host':
    case 'originalhost':
      return { kind: name, negated, matches: hostPatternList(argument) };
    case 'user':
    case 'localuser':
      return { kind: name, negated, matches: patternList(argument) };
    case 'exec':
      return { kind: 'exec', negated, command: argument };
    default:
      return others.includes(name) ? { kind: 'other', name } : undefined;
  }
};

/** The conditions of a `Match` line in their order, or what is wrong with them. */
export const criteriaOf = (text: string): readonly Criterion[] | { readonly wrong: string } => {
  const criteria: Criterion[] = [];
  let left: string | null = text;
  const next = (): string | undefined => {
    const taken = left === null ? null : delimited(left);
    left = taken === null ? null : taken.rest;
    return taken === null || taken.word === '' ? undefined : taken.word;
  };
  for (;;) {
    const word = next();
    if (word === undefined || word.startsWith('#')) break;
    const negated = word.startsWith('!') ? 'yes' : 'no';
    const name = (negated === 'yes' ? word.slice(1) : word).toLowerCase();
    if (name === 'all') {
      const after = next();
      if (criteria.length > 1 || (after !== undefined && !after.startsWith('#'))) {
        return { wrong: 'has "all" together with other conditions' };
      }
      return [...criteria, { kind: 'all', negated }];
    }
    if (name === 'canonical' || name === 'final') {
      criteria.push({ kind: name, negated });
      continue;
    }
    const argument = next();
    if (argument === undefined || argument.startsWith('#')) return { wrong: `has nothing after "${name}"` };
    const condition = conditionOf(name, argument, negated);
    if (condition === undefined) return { wrong: `has a condition "${name}" that ssh_config does not know` };
    criteria.push(condition);
  }
  return criteria.length === 0 ? { wrong: 'has no condition' } : criteria;
};
