import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import { type NeededBuild, type Node, platformOf, platformOnly } from '../playbook/index.ts';

interface Builder {
  readonly host: Host;
  readonly facts: Facts;
}

interface Share extends Builder {
  readonly nodes: readonly Node[];
  /** Their ids. */
  readonly builds: readonly string[];
}

/**
 * Gives every distinct build to one builder of its platform, spreading them over those that fit. A build that no builder
 * can make is left out, and builders that have nothing to do are.
 */
export const shareBuilds = (needed: readonly NeededBuild[], builders: readonly Builder[]): readonly Share[] => {
  const distinct = [...new Map(needed.map((build) => [build.id, build])).values()];
  let shares = builders.map((builder): Share => ({ ...builder, nodes: [], builds: [] }));
  for (const build of distinct) {
    const [least] = shares
      .filter(({ host, facts }) => [platformOf(facts), platformOnly(facts, host.name)].includes(build.platform))
      .toSorted((a, b) => a.nodes.length - b.nodes.length);
    shares = shares.map((share) =>
      share === least ? { ...share, nodes: [...share.nodes, build.node], builds: [...share.builds, build.id] } : share,
    );
  }
  return shares.filter(({ nodes }) => nodes.length > 0);
};
