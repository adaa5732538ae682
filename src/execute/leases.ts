import { probeOf, proberOf } from '../model/traffic.ts';
import type { Node } from '../playbook/index.ts';
import type { PlannedHost } from './plan-play.ts';

type Planned = Pick<PlannedHost, 'host' | 'nodes'>;

const leasedBy = (nodes: readonly Node[], prober: string | null): readonly string[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'on') return [node.host];
    const own = node.kind === 'watched' && prober !== null ? [prober] : [];
    return 'nodes' in node ? [...own, ...leasedBy(node.nodes, prober)] : own;
  });

/** Checks alone change nothing. */
const mayChange = (node: Node): boolean => node.kind === 'step' || ('nodes' in node && node.nodes.some(mayChange));

/** By host the others that it needs unchanged while it is at work: those that probe its traffic, or are asked about it. */
const leases = (hosts: readonly Planned[]): ReadonlyMap<string, ReadonlySet<string>> => {
  const changing = new Set(hosts.filter(({ nodes }) => nodes.some(mayChange)).map(({ host }) => host.name));
  return new Map(
    hosts.map(({ host, nodes }) => {
      const probe = probeOf(host);
      const leased = leasedBy(nodes, probe === null ? null : proberOf(probe).host);
      return [host.name, new Set(leased.filter((other) => changing.has(other)))];
    }),
  );
};

/** Two hosts of which the first needs the second as it is: changing both at once would measure nothing. */
export const conflicting = (hosts: readonly Planned[]) => {
  const leased = leases(hosts);
  return (a: string, b: string): boolean => leased.get(a)?.has(b) ?? false;
};
