import type { Item } from './config-file.ts';
import type { Directive } from './directive.ts';
import { adding, handlingOf } from './keywords.ts';
import type { Criterion } from './match.ts';
import { configProblem } from './problems.ts';
import { expand } from './tokens.ts';

/** Runs the command of a `Match exec`: does it end well? */
export type MatchExec = (command: string) => boolean;

export interface Subject {
  /** What ssh(1) would get as its host. */
  readonly argument: string;
  readonly localUser: string;
  /** Commands are refused where it is absent. */
  readonly matchExec: MatchExec | undefined;
  /** What `%L`, `%d`, `%i` and so on stand for in commands. */
  readonly tokens: (chosen: Chosen) => Readonly<Record<string, string>>;
}

/** What counts of each keyword, in the order in which it was met. */
export type Chosen = ReadonlyMap<string, readonly Directive[]>;

/** ProxyJump and ProxyCommand are one question: whichever comes first answers it. */
const slotOf = (keyword: string): string => (keyword === 'proxyjump' || keyword === 'proxycommand' ? 'proxy' : keyword);

/** A time of `none` is as if it were not said (readconf.c, `parse_time`): a later one counts. */
const saysNothing = ({ keyword, words }: Directive): boolean => {
  const handling = handlingOf(keyword);
  return handling?.kind === 'used' && handling.shape === 'time' && words[0] === 'none';
};

export const firstWord = (chosen: Chosen, keyword: string): string | undefined => chosen.get(keyword)?.[0]?.words[0];

/** The name to dial, as far as it is known: HostName with `%h` in place, else the argument. */
export const hostNameOf = (chosen: Chosen, argument: string): string => {
  const written = chosen.get('hostname')?.[0];
  const [word] = written?.words ?? [];
  return written === undefined || word === undefined ? argument : expand(word, { h: argument }, written);
};

/** The same as it is dialled: in lower case, but for an address with its zone (`fe80::1%Eth0`), as in ssh.c. */
export const dialNameOf = (chosen: Chosen, argument: string): string => {
  const name = hostNameOf(chosen, argument);
  return name.includes('%') ? name : name.toLowerCase();
};

type Pass = 'first' | 'final';

/** Chooses among the items of files for one host; the first value of a keyword counts, as in ssh(1). */
export const choose = (given: readonly Directive[], files: readonly (readonly Item[])[], subject: Subject): Chosen => {
  const chosen = new Map<string, readonly Directive[]>();
  const take = (directive: Directive): void => {
    if (saysNothing(directive)) return;
    const slot = slotOf(directive.keyword);
    const before = chosen.get(slot);
    if (before === undefined) chosen.set(slot, [directive]);
    else if (adding.has(slot) && !before.includes(directive)) chosen.set(slot, [...before, directive]);
  };

  const holds = (criterion: Criterion, pass: Pass, at: string): boolean => {
    const host = pass === 'final' ? dialNameOf(chosen, subject.argument) : hostNameOf(chosen, subject.argument);
    const meant = (is: boolean, negated: 'yes' | 'no'): boolean => is !== (negated === 'yes');
    switch (criterion.kind) {
      case 'all':
        return meant(true, criterion.negated);
      case 'canonical':
      case 'final':
        return meant(pass === 'final', criterion.negated);
      case 'host':
        return meant(criterion.matches(host), criterion.negated);
      case 'originalhost':
        return meant(criterion.matches(subject.argument), criterion.negated);
      case 'user':
        return meant(criterion.matches(firstWord(chosen, 'user') ?? subject.localUser), criterion.negated);
      case 'localuser':
        return meant(criterion.matches(subject.localUser), criterion.negated);
      case 'exec': {
        if (subject.matchExec === undefined) {
          const what = `Match exec runs a command of this machine for ${subject.argument}, which is not allowed unless you say so`;
          throw configProblem('exec', at, what, 'Add --allow-match-exec, or use another file: -F FILE');
        }
        const command = expand(criterion.command, subject.tokens(chosen), { keyword: 'match', at });
        return meant(subject.matchExec(command), criterion.negated);
      }
      case 'other':
        throw configProblem(
          'match',
          at,
          `Match ${criterion.name} is not understood here, and it may decide how ${subject.argument} is reached`,
          'Use Host, or Match host, originalhost, user or localuser; or another file: -F FILE',
        );
    }
  };

  const walk = (items: readonly Item[], pass: Pass): void => {
    let counts = true;
    for (const item of items) {
      switch (item.kind) {
        case 'host':
          counts = item.matches(pass === 'final' ? dialNameOf(chosen, subject.argument) : subject.argument);
          break;
        case 'match':
          counts = item.criteria.every((criterion) => holds(criterion, pass, item.at));
          break;
        case 'include':
          if (counts) for (const file of item.files) walk(file, pass);
          break;
        case 'directive':
          if (counts) take(item.directive);
          break;
      }
    }
  };

  given.forEach(take);
  for (const file of files) walk(file, 'first');
  if (files.some(wantsFinal)) {
    // The name that was found stays, also where nobody said it (ssh.c, before it re-parses).
    const name = dialNameOf(chosen, subject.argument).replaceAll('%', '%%');
    const said = chosen.get('hostname')?.[0] ?? { keyword: 'hostname', text: name, at: 'its name', by: 'ssh-config' };
    chosen.set('hostname', [{ ...said, words: [name] }]);
    for (const file of files) walk(file, 'final');
  }
  return chosen;
};

/** A `Match final` anywhere has everything read once more, with the name that was found (ssh_config(5), Match). */
const wantsFinal = (items: readonly Item[]): boolean =>
  items.some(
    (item) =>
      (item.kind === 'match' && item.criteria.some(({ kind }) => kind === 'final')) ||
      (item.kind === 'include' && item.files.some(wantsFinal)),
  );
