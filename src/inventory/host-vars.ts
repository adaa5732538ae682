import type { YamlEntry } from '../yaml/index.ts';
import { ALL, type DraftGroup, type DraftHost, type Vars } from './draft.ts';
import type { LinkedGroup } from './link.ts';
import type { VarsFiles } from './vars-files.ts';

/** The files beside one inventory source, or beside the playbook. */
export interface Beside {
  readonly groups: VarsFiles;
  readonly hosts: VarsFiles;
}

/** All of them. */
export interface VarsLayers {
  /** Beside each inventory source, in their order. */
  readonly inventories: readonly Beside[];
  /** Beside the playbook: counts more. */
  readonly plays: readonly Beside[];
}

const NO_VARS: Vars = new Map();

const filesOf = ({ inventories, plays }: VarsLayers): readonly Beside[] => [...inventories, ...plays];

const merged = (layers: readonly Vars[]): Vars => {
  const vars = new Map<string, YamlEntry>();
  for (const layer of layers) for (const [name, entry] of layer) vars.set(name, entry);
  return vars;
};

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

const groupFiles = (beside: readonly Beside[], name: string): readonly Vars[] =>
  beside.map(({ groups }) => groups.named.get(name) ?? NO_VARS);

/** The variables of a group alone: the inventory's, then those of `group_vars/GROUP`. */
export const varsOfGroup = (group: DraftGroup, layers: VarsLayers): Vars =>
  merged([group.vars, ...groupFiles(filesOf(layers), group.name)]);

/**
 * A host's variables, merged as Ansible does by default: whole values replace each other, and the last of these wins:
 * all, outer groups to inner ones (`ansible_group_priority`, then the alphabet among equals), `group_vars/all` beside the
 * inventory and then beside the playbook, `group_vars/*` likewise with groups in the same order, the host, `host_vars/*`.
 * https://docs.ansible.com/ansible/latest/reference_appendices/general_precedence.html
 */
export const varsOfHost = (host: DraftHost, all: Vars, groups: readonly LinkedGroup[], layers: VarsLayers): Vars => {
  const { inventories, plays } = layers;
  return merged([
    all,
    ...groups.map(({ draft }) => draft.vars),
    ...groupFiles(filesOf(layers), ALL),
    ...[inventories, plays].flatMap((files) =>
      files.flatMap((beside) => groups.map(({ draft }) => beside.groups.named.get(draft.name) ?? NO_VARS)),
    ),
    host.vars,
    ...filesOf(layers).map(({ hosts }) => hosts.named.get(host.name) ?? NO_VARS),
  ]);
};
