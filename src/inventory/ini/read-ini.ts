import { didYouMean, nearest } from '../../model/nearest.ts';
import { hideAll, type Position, type YamlEntry, type YamlScalar } from '../../yaml/index.ts';
import { addHosts } from '../add-hosts.ts';
import { addChild, type Draft, groupIn, setGroupVar, UNGROUPED } from '../draft.ts';
import type { TextFile } from '../files.ts';
import { readGroupName } from '../names.ts';
import { attempt, report } from '../problems.ts';
import { refusal, refuse } from '../refuse.ts';
import { readValue } from './values.ts';
import { splitWords, type Word } from './words.ts';

const STATES = ['hosts', 'children', 'vars'] as const;
type State = (typeof STATES)[number];

/** A name that was used before its section: legal if the section follows. */
interface Pending {
  readonly state: 'vars' | 'children';
  readonly at: Position;
  readonly parents: { readonly group: string; readonly at: Position }[];
}

/** One line without blanks around it. */
interface Line {
  readonly text: string;
  /** The file came out of a vault. */
  readonly values: TextFile['values'];
  at(index: number): Position;
}

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;
/** Where Python's splitlines() ends a line. */
const LINE_END = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/;

const scalarAt = (text: string, at: Position): YamlScalar => ({ kind: 'scalar', value: text, text, at });

const linesOf = function* (file: TextFile): Generator<Line> {
  let line = 0;
  for (const raw of file.text.split(LINE_END)) {
    line += 1;
    const text = raw.trim();
    const indent = raw.length - raw.trimStart().length;
    const number = line;
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue;
    yield { text, values: file.values, at: (index) => ({ file: file.path, line: number, column: indent + index + 1 }) };
  }
};

const isState = (text: string): text is State => STATES.some((state) => state === text);

const sectionOf = (line: Line): { readonly name: string; readonly state: State } | undefined => {
  const [, name = '', state = 'hosts'] = SECTION.exec(line.text) ?? [];
  if (name === '') {
    if (!line.text.startsWith('[') || !line.text.endsWith(']')) return undefined;
    const message = `${line.text} is no section: a group's name holds no blanks, colons or brackets`;
    return refuse(line.at(0), 'bad-section', message, 'Write [hypervisors], [hypervisors:vars] or [site:children]');
  }
  readGroupName(scalarAt(name, line.at(1)));
  if (isState(state)) return { name, state };
  const [meant = 'vars'] = nearest(state, STATES);
  const message = `[${name}:${state}] is no section: after the colon stands vars or children`;
  return refuse(line.at(name.length + 2), 'bad-section', message, `Write [${name}:${meant}]`);
};

const entryOf = (line: Line, name: string, value: string, start: number, valueStart: number): YamlEntry => ({
  key: scalarAt(name, line.at(start)),
  value:
    line.values === 'hidden'
      ? hideAll(readValue(name, value, line.at(valueStart)))
      : readValue(name, value, line.at(valueStart)),
});

const hostVar = (line: Line, { text, start }: Word): YamlEntry => {
  const equals = text.indexOf('=');
  if (equals > 0) return entryOf(line, text.slice(0, equals), text.slice(equals + 1), start, start + equals + 1);
  const message = `"${text}" is no variable: after a host stand NAME=VALUE only`;
  return refuse(line.at(start), 'bad-host-vars', message, `Write one host a line, and variables as NAME=VALUE`);
};

const readHostLine = (draft: Draft, group: string, line: Line): void => {
  const words = splitWords(line.text);
  if ('reason' in words) {
    refuse(line.at(words.at), 'bad-line', `this line ${words.reason}`, `Quote the value whole: NAME="VALUE"`);
    return;
  }
  const [host, ...rest] = words;
  if (host === undefined) return;
  const vars = rest.flatMap((word) => attempt(draft.problems, () => hostVar(line, word)) ?? []);
  const key = scalarAt(host.text, line.at(host.start));
  addHosts(draft, groupIn(draft, group, key.at), key, vars);
};

const readVarLine = (draft: Draft, group: string, line: Line): void => {
  const equals = line.text.indexOf('=');
  if (equals < 1) {
    const message = `"${line.text}" is no variable: below [${group}:vars] stand NAME=VALUE only`;
    refuse(line.at(0), 'bad-group-vars', message, `Write NAME=VALUE, or hosts below [${group}]`);
  }
  const name = line.text.slice(0, equals).trim();
  const value = line.text.slice(equals + 1);
  const start = equals + 1 + value.length - value.trimStart().length;
  setGroupVar(groupIn(draft, group, line.at(0)), entryOf(line, name, value.trim(), 0, start));
};

/** The sections of one file, in the order in which Ansible ties them together. */
const reader = (draft: Draft) => {
  const pending = new Map<string, Pending>();

  const adoptPending = (child: string): void => {
    const waiting = pending.get(child);
    pending.delete(child);
    for (const { group, at } of waiting?.parents ?? []) {
      addChild(groupIn(draft, group, at), groupIn(draft, child, at), at);
      if (pending.get(group)?.state === 'children') adoptPending(group);
    }
  };

  const enter = (name: string, state: State, at: Position): void => {
    if (!draft.groups.has(name)) {
      if (state === 'vars' && !pending.has(name)) pending.set(name, { state, at, parents: [] });
      groupIn(draft, name, at);
    }
    if (state === 'vars') return;
    if (pending.get(name)?.state === 'children') adoptPending(name);
    else pending.delete(name);
  };

  const readChildLine = (group: string, line: Line): void => {
    const [, name = ''] = GROUP_NAME.exec(line.text) ?? [];
    if (name === '') {
      const message = `"${line.text}" is no name of a group, and nothing else stands below [${group}:children]`;
      refuse(line.at(0), 'bad-group-name', message, 'Write one group a line');
    }
    const at = line.at(0);
    readGroupName(scalarAt(name, at));
    const child = draft.groups.get(name);
    if (child !== undefined) addChild(groupIn(draft, group, at), child, at);
    else {
      const waiting = pending.get(name) ?? { state: 'children' as const, at, parents: [] };
      waiting.parents.push({ group, at });
      pending.set(name, waiting);
    }
  };

  const reportPending = (): void => {
    for (const [name, { state, at }] of pending) {
      const meant = nearest(
        name,
        [...draft.groups.keys()].filter((other) => other !== name),
      );
      const message =
        state === 'vars'
          ? `there are variables for group ${name}, and no section [${name}].${didYouMean(meant)}`
          : `group ${name} is nowhere defined.${didYouMean(meant)}`;
      report(draft.problems, refusal(at, 'unknown-group', message, `Add a section [${name}], or correct the name`));
    }
  };

  return { enter, readChildLine, reportPending };
};

/**
 * Adds the groups and hosts of an INI inventory to the draft, as Ansible's parser does
 * (lib/ansible/plugins/inventory/ini.py): `[group]`, `[group:vars]`, `[group:children]`; what stands before any section
 * is `ungrouped`. Problems of lines are kept in the draft, each with its line and column.
 */
export const readIni = (draft: Draft, file: TextFile): void => {
  const { enter, readChildLine, reportPending } = reader(draft);
  let group = UNGROUPED;
  let state: State | 'unknown' = 'hosts';
  const readLine = (line: Line): void => {
    if (SECTION.test(line.text) || (line.text.startsWith('[') && line.text.endsWith(']'))) state = 'unknown';
    const section = sectionOf(line);
    if (section !== undefined) {
      group = section.name;
      state = section.state;
      enter(group, state, line.at(1));
      return;
    }
    switch (state) {
      case 'hosts':
        readHostLine(draft, group, line);
        break;
      case 'vars':
        readVarLine(draft, group, line);
        break;
      case 'children':
        readChildLine(group, line);
        break;
      case 'unknown':
    }
  };
  for (const line of linesOf(file)) attempt(draft.problems, () => readLine(line));
  reportPending();
};
