import type { HostProblem } from '../model/causes.ts';
import type { Problem } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { Node } from '../playbook/index.ts';
import type { Readings } from './forecast.ts';

/** What a play would do to a host, by what was just read of it. */
export interface PlannedTree {
  readonly play: number;
  /** Whether the play is over hosts, or has builders make what hosts need. */
  readonly of: 'hosts' | 'builders';
  readonly host: string;
  readonly nodes: readonly Node[];
  readonly readings: Readings;
}

/** Who is told of all that a run is about to do, and may say no. */
export interface Oversight {
  /** Which trees it wants to see before anything is changed anywhere. */
  readonly surveys: 'all' | 'those with a preflight';
  /** Why a host may not be taken; asked before it is connected to. */
  readonly ofHost: (host: Host) => Problem | null;
  /** Why it may not be taken, by what it says of itself. */
  readonly ofFacts: (host: string, facts: Facts) => Problem | null;
  /**
   * Why a tree may not be done. Asked before anything is changed anywhere, and again when it is the host's turn: then what
   * the run itself has done may be there already.
   */
  readonly ofTree: (tree: PlannedTree, when: 'survey' | 'turn') => Promise<Problem | null>;
  /** Hosts that it expects and that are not among those selected, with why that is wrong. */
  readonly absent: (selected: readonly string[]) => readonly HostProblem[];
}

/** Nobody has a say. */
export const unsupervised: Oversight = {
  surveys: 'those with a preflight',
  ofHost: () => null,
  ofFacts: () => null,
  ofTree: async () => null,
  absent: () => [],
};
