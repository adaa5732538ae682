import type { Problem } from '../model/error.ts';
import type { Position, YamlEntry } from '../yaml/index.ts';
import { noProblems, type Problems } from './problems.ts';
import { refuse } from './refuse.ts';

/** Variables by name; an entry knows its value and where it is written. */
export type Vars = ReadonlyMap<string, YamlEntry>;

export interface DraftGroup {
  readonly name: string;
  readonly at: Position;
  readonly hosts: Set<string>;
  /** Each child, and where it was made one. */
  readonly children: Map<string, Position>;
  readonly vars: Map<string, YamlEntry>;
  /** `ansible_group_priority`: among groups of one depth the higher wins. */
  priority: number;
}

export interface DraftHost {
  readonly name: string;
  readonly at: Position;
  readonly vars: Map<string, YamlEntry>;
}

/** What the files say, gathered in their order, before groups are linked and variables merged. */
export interface Draft {
  readonly groups: Map<string, DraftGroup>;
  readonly hosts: Map<string, DraftHost>;
  readonly problems: Problems;
  readonly warnings: Problem[];
}

export const ALL = 'all';
export const UNGROUPED = 'ungrouped';

export const groupIn = (draft: Draft, name: string, at: Position): DraftGroup => {
  const known = draft.groups.get(name);
  if (known !== undefined) return known;
  const made: DraftGroup = { name, at, hosts: new Set(), children: new Map(), vars: new Map(), priority: 1 };
  draft.groups.set(name, made);
  return made;
};

export const hostIn = (draft: Draft, name: string, at: Position): DraftHost => {
  const known = draft.hosts.get(name);
  if (known !== undefined) return known;
  const made: DraftHost = { name, at, vars: new Map() };
  draft.hosts.set(name, made);
  return made;
};

export const addChild = (parent: DraftGroup, child: DraftGroup, at: Position): void => {
  if (!parent.children.has(child.name)) parent.children.set(child.name, at);
};

/** Python's int(): a number without its fraction, or text that is one. */
const priorityOf = ({ value }: YamlEntry): number => {
  if (value.kind !== 'scalar' || value.value === null) return Number.NaN;
  if (typeof value.value !== 'string') return Math.trunc(Number(value.value));
  return /^\s*[-+]?\d+\s*$/.test(value.value) ? Number(value.value) : Number.NaN;
};

export const setGroupVar = (group: DraftGroup, entry: YamlEntry): void => {
  if (entry.key.text !== 'ansible_group_priority') {
    group.vars.set(entry.key.text, entry);
    return;
  }
  const priority = priorityOf(entry);
  if (!Number.isSafeInteger(priority)) {
    const message = 'ansible_group_priority must be a whole number';
    refuse(entry.value.at, 'bad-priority', message, 'ansible_group_priority: 10');
  }
  group.priority = priority;
};

/** As in Ansible, a variable of a host that is named as a group goes to the group. */
export const setHostVar = (draft: Draft, host: DraftHost, entry: YamlEntry): void => {
  const group = draft.groups.get(host.name);
  if (group === undefined) host.vars.set(entry.key.text, entry);
  else setGroupVar(group, entry);
};

/** No groups but the two that always are. `all` comes first, `ungrouped` is its first child, as in Ansible. */
export const emptyDraft = (): Draft => {
  const draft: Draft = { groups: new Map(), hosts: new Map(), problems: noProblems(), warnings: [] };
  const nowhere = { file: '', line: 1, column: 1 };
  groupIn(draft, ALL, nowhere).children.set(UNGROUPED, nowhere);
  groupIn(draft, UNGROUPED, nowhere);
  return draft;
};
