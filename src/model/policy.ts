import type { Hook } from './hook.ts';
import type { Freeze } from './window.ts';

/** A limit of a policy, and where it is written. */
export interface Limit<T> {
  readonly value: T;
  /** `/etc/ovsfleet/policy.yaml:3:1` */
  readonly at: string;
}

/** What a site allows, whoever runs what. Flags and playbooks cannot raise it; several policies all hold. */
export interface Policy {
  /** The most hosts that a run may be for. */
  readonly maxHosts: Limit<number> | null;
  /** The same as a percentage of all hosts of the inventory. */
  readonly maxPercent: Limit<number> | null;
  readonly maxConcurrency: Limit<number> | null;
  /** What the whole of a ticket looks like, as a regular expression; a run needs one. */
  readonly ticket: Limit<string> | null;
  /** For more hosts than this the operator says how many there are. */
  readonly confirmAbove: Limit<number> | null;
  readonly frozen: readonly Freeze[];
  readonly hooks: readonly Hook[];
}
