import { optionDirective } from './config-file.ts';
import type { Directive } from './directive.ts';
import { configProblem } from './problems.ts';
import { wordsOf } from './words.ts';

export interface CommandLine {
  readonly directives: readonly Directive[];
  /** The file of `-F`. */
  readonly config: string | null;
}

/** What an option of ssh(1) with an argument is called in ssh_config. */
const named: Readonly<Record<string, string>> = {
  b: 'BindAddress',
  B: 'BindInterface',
  c: 'Ciphers',
  D: 'DynamicForward',
  i: 'IdentityFile',
  I: 'PKCS11Provider',
  J: 'ProxyJump',
  l: 'User',
  L: 'LocalForward',
  m: 'MACs',
  p: 'Port',
  R: 'RemoteForward',
};

/** What options without an argument say. */
const plain: Readonly<Record<string, string>> = {
  '4': 'AddressFamily inet',
  '6': 'AddressFamily inet6',
  A: 'ForwardAgent yes',
  a: 'ForwardAgent no',
  K: 'GSSAPIAuthentication yes',
};

/** Options that change nothing of where and how we connect. */
const idle = 'CkqTtvxXYy';
const idleWithArgument = 'EeS';
/** Options with which ssh(1) runs no command, or not ours. */
const foreign = 'fGgMNnOQsVWw';

/** A value as one argument of a keyword. */
export const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;

/** The same for a path, whose per cent signs are no tokens. */
export const quotedPath = (path: string): string => quoted(path.replaceAll('%', '%%'));

/**
 * The words that Ansible would put on the command line of ssh(1) (`ansible_ssh_common_args` and the like). Throws
 * `FleetError` `ssh.config-…` for a word that ssh(1) does not know, or that would run no command.
 */
export const commandLineOf = (text: string, at: string, by: Directive['by']): CommandLine => {
  const words = wordsOf(text.replaceAll('\n', ' '));
  if (words === null) throw configProblem('option', at, 'a quotation does not end', 'Close the quotation');
  const directives: Directive[] = [];
  let config: string | null = null;
  const left = [...words];
  const refuse = (what: string): never => {
    throw configProblem('option', at, what, 'Remove it, or say what it means with -o (man ssh_config)');
  };
  const say = (line: string): void => {
    const directive = optionDirective(line, at, by);
    if (directive !== null) directives.push(directive);
  };
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!/^-[^-]/.test(word)) refuse(`"${word}" is no option of ssh`);
    // As getopt(3): letters may stand together, and the rest of a word is the argument of the first that takes one.
    for (let rest = word.slice(1); rest !== ''; ) {
      const letter = rest.charAt(0);
      rest = rest.slice(1);
      const sentence = plain[letter];
      if (sentence !== undefined) say(sentence);
      else if (foreign.includes(letter)) refuse(`ssh -${letter} runs no command on a host`);
      else if (!idle.includes(letter)) {
        const argument = rest === '' ? left.shift() : rest;
        rest = '';
        const keyword = named[letter];
        if (argument === undefined) refuse(`-${letter} takes an argument`);
        else if (letter === 'o') say(argument);
        else if (letter === 'F') config = argument;
        else if (letter === 'J') say(`ProxyJump ${argument}`);
        else if (keyword !== undefined) say(`${keyword} ${quoted(argument)}`);
        else if (!idleWithArgument.includes(letter)) refuse(`ssh knows no option -${letter}`);
      }
    }
  }
  return { directives, config };
};
