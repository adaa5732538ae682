import type { YamlEntry } from '../yaml/index.ts';
import { ALL, type Draft, type DraftHost, type Vars } from './draft.ts';
import type { LinkedGroup } from './link.ts';
import type { VarsFiles } from './vars-files.ts';

/** The files beside one inventory source. */
export interface Beside {
  readonly groups: VarsFiles;
  readonly hosts: VarsFiles;
}

const NO_VARS: Vars = new Map();

const merged = (layers: readonly Vars[]): Vars => new Map(layers.flatMap((layer): [string, YamlEntry][] => [...layer]));

/** The groups of each host but `all`, in the order in which their variables count: later ones win. */
export const groupsByHost = (groups: ReadonlyMap<string, LinkedGroup>): ReadonlyMap<string, readonly LinkedGroup[]> => {
  const sorted = [...groups.values()]
    .filter(({ draft }) => draft.name !== ALL)
    .toSorted(
      (a, b) => a.depth - b.depth || a.draft.priority - b.draft.priority || (a.draft.name < b.draft.name ? -1 : 1),
    );
  const found = new Map<string, LinkedGroup[]>();
  for (const group of sorted) {
    for (const host of group.hosts) {
      const known = found.get(host);
      if (known === undefined) found.set(host, [group]);
      else known.push(group);
    }
  }
  return found;
};

/** The variables of group `all`: the inventory's, then those of `group_vars/all`. */
export const varsOfAll = (draft: Draft, beside: readonly Beside[]): Vars =>
  merged([draft.groups.get(ALL)?.vars ?? NO_VARS, ...beside.map(({ groups }) => groups.named.get(ALL) ?? NO_VARS)]);

/**
 * A host's variables, merged as Ansible does by default: whole values replace each other, and the last of these wins:
 * all, outer groups to inner ones (`ansible_group_priority`, then the alphabet among equals), `group_vars/all`,
 * `group_vars/*` in the same order, the host, `host_vars/*`.
 * https://docs.ansible.com/ansible/latest/reference_appendices/general_precedence.html
 */
export const varsOfHost = (
  host: DraftHost,
  all: Vars,
  groups: readonly LinkedGroup[],
  beside: readonly Beside[],
): Vars =>
  merged([
    all,
    ...groups.map(({ draft }) => draft.vars),
    ...beside.map((files) => files.groups.named.get(ALL) ?? NO_VARS),
    ...beside.flatMap((files) => groups.map(({ draft }) => files.groups.named.get(draft.name) ?? NO_VARS)),
    host.vars,
    ...beside.map((files) => files.hosts.named.get(host.name) ?? NO_VARS),
  ]);
