import yargs from 'yargs';
import { changeOptions } from '../change-options.ts';
import { flagsTakingValues } from '../flags-known.ts';
import { listOptions } from '../list-options.ts';
import { fleetOptionsIfAny } from '../options.ts';
import { paperOptions, runOptions } from '../run-flags.ts';
import { hostNames, paramNames, playbookNames, runNames } from './names.ts';
import { type Place, placeOf, typedWords } from './typed-words.ts';

/** Commands whose first word is a pattern of hosts. */
const ofHosts = ['exec', 'ping', 'facts', 'copy', 'fetch', 'hosts'];

type Source = 'hosts' | 'runs' | 'playbooks' | 'params' | null;

const wordSource = ({ command, words }: Place): Source => {
  if (ofHosts.includes(command)) return words.length === 0 ? 'hosts' : null;
  switch (command) {
    case 'keys':
    case 'tx':
      return words.length === 1 ? 'hosts' : null;
    case 'run':
    case 'plan':
      return words.length === 0 ? 'playbooks' : null;
    case 'resume':
    case 'report':
      return words.length === 0 ? 'runs' : null;
    default:
      return null;
  }
};

const flagSource = (flag: string): Source => {
  if (flag === 'l' || flag === 'limit' || flag === 'graph' || flag === 'host') return 'hosts';
  return flag === 'e' || flag === 'extra' || flag === 'extra-vars' ? 'params' : null;
};

const namesOf = (source: Exclude<Source, null>, place: Place): Promise<readonly string[]> => {
  switch (source) {
    case 'hosts':
      return hostNames(place);
    case 'runs':
      return runNames(place);
    case 'playbooks':
      return playbookNames(place);
    case 'params':
      return paramNames(place);
  }
};

/** Hosts are named one after the other in a pattern: `rack1:!hv07,hv`. */
const leadOf = (source: Source, piece: string): string =>
  source === 'hosts' ? (/^.*[,:&!]/s.exec(piece)?.[0] ?? '') : '';

/** What a shell would read as something else than a word is not put on anybody's command line. */
const isPlain = (name: string): boolean => /^[\w.@%+=,:/[\]-]+$/.test(name) && !name.startsWith('-');

const takesValue = (flag: string): boolean =>
  flagsTakingValues(listOptions(changeOptions(paperOptions(runOptions(fleetOptionsIfAny(yargs([]))))))).has(flag);

/**
 * What may stand for the last of these words: hosts and groups, playbooks, their parameters, runs. Nothing where another
 * word is to be completed, or where it cannot be known without asking anybody.
 * @param words those of a command line, the program the first
 */
export const completions = async (words: readonly string[]): Promise<readonly string[]> => {
  const typed = typedWords(words.slice(1));
  const place = placeOf(typed, takesValue);
  if (place.foreign || (place.flag === null && typed.current.startsWith('-'))) return [];
  const source = place.flag === null ? wordSource(place) : flagSource(place.flag);
  if (source === null) return [];
  try {
    const lead = leadOf(source, typed.piece);
    // `--limit=hv` is one word where a shell does not take it apart.
    const flag = typed.piece.startsWith('-') ? (/^-[^=]*=/.exec(typed.piece)?.[0] ?? '') : '';
    const before = lead.length > flag.length ? lead : flag;
    const begun = typed.piece.slice(before.length);
    const names = await namesOf(source, place);
    return names.filter((name) => isPlain(name) && name.startsWith(begun)).map((name) => `${before}${name}`);
  } catch {
    // A broken inventory is told by whatever command is typed in the end.
    return [];
  }
};
