import type { Problem } from '../model/error.ts';
import type { Position, YamlEntry } from '../yaml/index.ts';

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

/** No groups but the two that always are. `all` comes first, `ungrouped` is its first child, as in Ansible. */
export const emptyDraft = (): Draft => {
  const draft: Draft = { groups: new Map(), hosts: new Map(), warnings: [] };
  const nowhere = { file: '', line: 1, column: 1 };
  groupIn(draft, ALL, nowhere).children.set(UNGROUPED, nowhere);
  groupIn(draft, UNGROUPED, nowhere);
  return draft;
};
