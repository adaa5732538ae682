import { readables } from '../plan/index.ts';
import type { Node, Step } from '../playbook/index.ts';

/** What must be read before a host is touched. */
export const readsOf = (nodes: readonly Node[]): ReadonlyMap<string, Step['read']> =>
  new Map(readables(nodes).map((node) => [node.title, node.read]));
