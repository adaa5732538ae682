import type { Window } from './window.ts';

/** A number of hosts, or a share of them such as `10%`. */
export type Share = number | `${number}%`;

/** In which order a play takes its hosts. */
export type Order =
  | { readonly by: 'inventory' | 'reverse' | 'sorted' }
  /** The same seed gives the same order. */
  | { readonly by: 'shuffle'; readonly seed: string };

/** Hosts that fail together, such as those of one rack, and must not be changed together. */
export interface Spread {
  /** The variable of a host that names its domain. */
  readonly by: string;
  /** `never-two`: no two hosts of one domain in flight. `each-first`: one domain is finished before the next begins. */
  readonly rule: 'never-two' | 'each-first';
}

/** How a play goes over its hosts. */
export interface Rollout {
  /** Cumulative targets, floored, each at least one host more than the one before. One wave of all hosts when empty. */
  readonly waves: readonly Share[];
  /** The most hosts in flight at a time; within a wave the next starts when one ends. */
  readonly concurrency: Share;
  /** Nothing new starts once this many hosts have failed. 1 stops after the first. */
  readonly stopAfterFailures: Share;
  /**
   * The most hosts that may be in flight, down before the play began, or failed in it, all together. When `null`:
   * `concurrency` and those that may fail before the budget is spent, so that only hosts that were down make a difference.
   */
  readonly maxUnavailable: Share | null;
  /** Milliseconds to wait between waves. */
  readonly pauseMs: number;
  /** Pattern of the hosts that go first, in a wave of their own. */
  readonly canary: string | null;
  /** `null` as a seed: one is drawn for each run. */
  readonly order: Exclude<Order, { readonly by: 'shuffle' }> | { readonly by: 'shuffle'; readonly seed: string | null };
  readonly spread: Spread | null;
  /** Open when one of them is; always when there are none. */
  readonly windows: readonly Window[];
  /** The time to allow for one host, its undo included; `null`: what earlier runs took. */
  readonly perHostMs: number | null;
}
