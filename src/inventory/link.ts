import { ALL, type Draft, type DraftGroup, UNGROUPED } from './draft.ts';
import { refuse } from './refuse.ts';

export interface LinkedGroup {
  readonly draft: DraftGroup;
  /** Steps from `all` by the longest way: deeper groups win over outer ones. */
  readonly depth: number;
  /** Hosts in it or below; breadth first, as Ansible counts. */
  readonly hosts: readonly string[];
}

const refuseCycles = (draft: Draft): void => {
  const done = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    if (done.has(name)) return;
    for (const [child, at] of draft.groups.get(name)?.children ?? []) {
      const way = [...path, name];
      const start = way.indexOf(child);
      if (start !== -1) {
        const loop = [...way.slice(start), child].join(' → ');
        refuse(
          at,
          'cycle',
          `group ${child} is inside itself: ${loop}`,
          `Remove "${child}" from the children of ${name}`,
        );
      }
      visit(child, way);
    }
    done.add(name);
  };
  for (const name of draft.groups.keys()) visit(name, []);
};

/** Every group that is in no other is a child of `all`; every host that is in no other group is `ungrouped`. */
const adopt = (draft: Draft): void => {
  const all = draft.groups.get(ALL);
  const ungrouped = draft.groups.get(UNGROUPED);
  if (all === undefined || ungrouped === undefined) return;
  const inner = new Set([...draft.groups.values()].flatMap((group) => [...group.children.keys()]));
  for (const group of draft.groups.values()) {
    if (group.name !== ALL && !inner.has(group.name)) all.children.set(group.name, group.at);
  }
  const elsewhere = [...draft.groups.values()].filter((group) => group !== all && group !== ungrouped);
  const grouped = new Set(elsewhere.flatMap((group) => [...group.hosts]));
  for (const host of draft.hosts.keys()) {
    if (grouped.has(host)) ungrouped.hosts.delete(host);
    else ungrouped.hosts.add(host);
  }
};

const depthsOf = (draft: Draft): ReadonlyMap<string, number> => {
  const depths = new Map<string, number>();
  const sink = (name: string, depth: number): void => {
    if ((depths.get(name) ?? -1) >= depth) return;
    depths.set(name, depth);
    for (const child of draft.groups.get(name)?.children.keys() ?? []) sink(child, depth + 1);
  };
  sink(ALL, 0);
  return depths;
};

const hostsBelow = (draft: Draft, name: string): readonly string[] => {
  const order = new Set([name]);
  // A Set that grows while it is walked: breadth first, each group once.
  for (const group of order) for (const child of draft.groups.get(group)?.children.keys() ?? []) order.add(child);
  return [...new Set([...order].flatMap((group) => [...(draft.groups.get(group)?.hosts ?? [])]))];
};

/** Ties the groups of a draft together, from `all` down. Throws `inventory.cycle`. */
export const link = (draft: Draft): ReadonlyMap<string, LinkedGroup> => {
  refuseCycles(draft);
  adopt(draft);
  refuseCycles(draft);
  const depths = depthsOf(draft);
  const linked = [...draft.groups.values()].map((group): [string, LinkedGroup] => [
    group.name,
    { draft: group, depth: depths.get(group.name) ?? 0, hosts: hostsBelow(draft, group.name) },
  ]);
  return new Map(linked);
};
