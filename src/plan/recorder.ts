import type { Problem } from '../model/error.ts';
import type { FleetEvent } from '../model/event.ts';
import type { Facts } from '../model/facts.ts';
import type { HostRecord, InventoryRecord, PlanDocument, TreeRecord } from '../model/plan-document.ts';
import { type Digests, digestFiles } from './approval.ts';
import { inventoryRecord } from './inventory-record.ts';
import type { Oversight } from './oversight.ts';
import { recordTree } from './tree-record.ts';

/** Writes down what a check is shown. */
export interface PlanRecorder {
  readonly oversight: Oversight;
  /** Hears of what the bus tells: facts, and hosts that are left out. */
  readonly accept: (event: FleetEvent) => void;
  /** The hosts and scripts of all that was heard of. */
  readonly recorded: () => Pick<PlanDocument, 'hosts' | 'scripts'>;
}

const interrupted = (host: string): Problem => ({
  code: 'plan.interrupted',
  message: `${host}: it was not read when the plan was made.`,
  remedy: 'Plan again, and let it come to its end.',
});

/** Makes the part of a plan document that is about hosts. */
export const planRecorder = (digests: Digests): PlanRecorder => {
  const inventories = new Map<string, InventoryRecord>();
  const trees = new Map<string, Map<number, TreeRecord>>();
  const scripts = new Map<string, string>();
  const facts = new Map<string, Facts>();
  const leftOut = new Map<string, Problem>();
  let selected: readonly string[] = [];
  const recordOf = (name: string, inventory: InventoryRecord): HostRecord => ({
    role: selected.includes(name) ? 'selected' : 'builder',
    inventory,
    facts: facts.get(name) ?? null,
    leftOut: leftOut.get(name) ?? null,
    trees: [...(trees.get(name)?.values() ?? [])].toSorted((a, b) => a.play - b.play),
  });
  return {
    oversight: {
      surveys: 'those with a preflight',
      ofHost: (host) => {
        inventories.set(host.name, inventoryRecord(host, digests.sha256));
        return null;
      },
      ofFacts: () => null,
      ofTree: async ({ play, host, nodes, readings }) => {
        const files = await digestFiles(nodes, digests);
        const recorded = recordTree(play, nodes, readings, { ...digests, files });
        for (const [digest, text] of recorded.scripts) scripts.set(digest, text);
        trees.set(host, (trees.get(host) ?? new Map<number, TreeRecord>()).set(play, recorded.tree));
        return null;
      },
      absent: () => [],
    },
    accept: (event) => {
      if (event.type === 'run.started') selected = event.hosts;
      if (event.type === 'host.facts') facts.set(event.host, event.facts);
      if (event.type === 'host.finished') leftOut.set(event.host, event.problem ?? interrupted(event.host));
    },
    recorded: () => ({
      hosts: Object.fromEntries([...inventories].map(([name, inventory]) => [name, recordOf(name, inventory)])),
      scripts: Object.fromEntries([...scripts].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    }),
  };
};
