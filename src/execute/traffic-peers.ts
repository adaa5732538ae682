import type { Node } from '../playbook/index.ts';
import type { PlannedHost } from './plan-play.ts';
import { probeOf, probingHost } from './traffic.ts';

const isWatched = (node: Node): boolean =>
  node.kind === 'watched' || ('nodes' in node && node.nodes.some((child) => isWatched(child)));

/** Two hosts of which one probes the other's traffic: changing both at once would measure nothing. */
export const conflicting =
  (hosts: ReadonlyMap<string, PlannedHost>) =>
  (a: string, b: string): boolean => {
    const planned = hosts.get(a);
    const probe = planned?.nodes.some(isWatched) ? probeOf(planned.host) : null;
    return probe !== null && probingHost(probe) === b;
  };
