import { FleetError } from '../model/error.ts';
import { didYouMean, nearest } from '../model/nearest.ts';

const remedy = 'See: ovsfleet --help, or ovsfleet COMMAND --help';

const refuse = (message: string, what: string = remedy): FleetError =>
  new FleetError({ code: 'input.usage', message, remedy: what });

const spelled = (flag: string): string => (flag.length === 1 ? `-${flag}` : `--${flag}`);

/** `--limt`, `-x` or `--no-limt`, as it was typed; null when the name was typed as a word. */
const typedFlag = (name: string, words: readonly string[]): string | null => {
  const typed = words.map((word) => word.replace(/=.*$/s, ''));
  const flag = typed.find((word) => [`--${name}`, `-${name}`, `--no-${name}`].includes(word));
  return flag ?? (name.length === 1 && words.every((word) => word !== name) ? `-${name}` : null);
};

const noCopying = (program: string): string =>
  `Files go over the connection that there is, not by ${program}. What is about connecting: --ssh-extra-args`;

/** Flags of Ansible that mean nothing here, and what to do instead. */
const ofAnsible: ReadonlyMap<string, string> = new Map([
  ['--scp-extra-args', noCopying('scp')],
  ['--sftp-extra-args', noCopying('sftp')],
  ['--syntax-check', 'Type: ovsfleet lint'],
  ['--force-handlers', 'There are no handlers that could be lost. Leave it out'],
  ['--flush-cache', 'Facts are read anew in every run. Leave it out'],
  ['--module-name', 'Type: ovsfleet exec PATTERN -- COMMAND'],
  ['--connection', 'Write --transport ssh2, openssh or auto; or ansible_connection: local in the inventory'],
  ['--connection-password-file', 'Write -k, or ansible_password in a vault of the inventory'],
]);

/** Single letters are far from nothing: one is as near as any other. */
const meant = (flag: string, known: readonly string[]): readonly string[] => {
  const [, no = '', name = ''] = /^-+(no-)?(.*)$/.exec(flag) ?? [];
  if (name.length < 2) return [];
  const names = known.filter((each) => each.length > 1);
  return nearest(name, names).map((each) => `--${no}${each}`);
};

const noCommand = (word: string, commands: readonly string[]): FleetError =>
  refuse(`There is no command "${word}".${didYouMean(nearest(word, commands))}`, 'See what there is: ovsfleet --help');

/** Flags and commands that there are. */
export interface KnownWords {
  /** Of the command that was typed, without their dashes. */
  readonly flags: readonly string[];
  readonly commands: readonly string[];
}

const unknown = (names: readonly string[], words: readonly string[], { flags, commands }: KnownWords): FleetError => {
  // What stands where a command does; words before it are values of flags.
  const head = words.find((word) => names.includes(word) || commands.includes(word));
  if (head !== undefined && !commands.includes(head)) return noCommand(head, commands);
  const told = names.map((name) => {
    const flag = typedFlag(name, words);
    return flag === null
      ? `"${name}" is one word too many.`
      : `There is no flag ${flag} here.${didYouMean(meant(flag, flags))}`;
  });
  const [foreign] = names.map((name) => typedFlag(name, words) ?? '').filter((flag) => ofAnsible.has(flag));
  if (foreign !== undefined)
    return refuse(`${foreign} is a flag of Ansible that means nothing here.`, ofAnsible.get(foreign));
  const [command = 'COMMAND'] = words.filter((word) => !word.startsWith('-'));
  return refuse(told.join(' '), `See: ovsfleet ${command} --help`);
};

/**
 * What yargs says of wrong words, as a sentence that says what to do about it.
 * @param words as they were typed
 */
export const usageError = (said: string, words: readonly string[], known: KnownWords): FleetError => {
  const [first = '', ...more] = said.trim().split('\n');
  const [, list] = /^Unknown arguments?: (.*)$/.exec(first) ?? [];
  if (list !== undefined) {
    // yargs names a flag with a dash twice: as typed, and in camel case.
    const names = list
      .split(', ')
      .filter((name, _, all) => !all.some((other) => other !== name && camel(other) === name));
    return unknown(names, words, known);
  }
  const [, commands] = /^Unknown commands?: (.*)$/.exec(first) ?? [];
  if (commands !== undefined) return refuse(`There is no command "${commands}".`);
  if (/^Not enough non-option arguments/.test(first)) return refuse(`Something is missing after "${words.join(' ')}".`);
  const [, lacking] = /^Not enough arguments following: (.*)$/.exec(first) ?? [];
  if (lacking !== undefined) return refuse(`Something is missing after ${spelled(lacking)}.`);
  const [, command] = /^Did you mean (.*)\?$/.exec(first) ?? [];
  if (command !== undefined) {
    // yargs finds things alike that nobody takes for each other: "frob" and "show".
    const near = words.slice(0, 2).find((each) => each !== command && nearest(each, [command]).length > 0);
    if (near !== undefined) return refuse(`There is no command "${near}". ${first}`);
    const [outer = '', inner = outer] = words.filter((word) => !word.startsWith('-'));
    return known.commands.includes(outer)
      ? refuse(`There is no command "${outer} ${inner}".`, `See what there is: ovsfleet ${outer} --help`)
      : noCommand(outer, known.commands);
  }
  return refuse(`${[first, ...more].join('. ').replace(/[.?]$/, '')}.`);
};

const camel = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
