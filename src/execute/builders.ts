import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import { type NeededBuild, type Node, platformOf } from '../playbook/index.ts';

/** Which builder makes which builds, and which builds nobody can make. */
export interface BuildShare {
  readonly byBuilder: readonly { readonly host: Host; readonly facts: Facts; readonly nodes: readonly Node[] }[];
  readonly orphans: readonly NeededBuild[];
}

/** Gives every distinct build to one builder of its platform, spreading them over those that fit. */
export const shareBuilds = (
  needed: readonly NeededBuild[],
  builders: readonly { readonly host: Host; readonly facts: Facts }[],
): BuildShare => {
  const distinct = [...new Map(needed.map((build) => [build.id, build])).values()];
  const load = new Map<string, Node[]>(builders.map(({ host }) => [host.name, []]));
  const orphans: NeededBuild[] = [];
  for (const build of distinct) {
    const fitting = builders.filter(({ facts }) => platformOf(facts) === build.platform);
    const least = fitting.toSorted(
      (a, b) => (load.get(a.host.name)?.length ?? 0) - (load.get(b.host.name)?.length ?? 0),
    )[0];
    if (least === undefined) orphans.push(build);
    else load.get(least.host.name)?.push(build.node);
  }
  return {
    byBuilder: builders.flatMap(({ host, facts }) => {
      const nodes = load.get(host.name) ?? [];
      return nodes.length === 0 ? [] : [{ host, facts, nodes }];
    }),
    orphans,
  };
};
