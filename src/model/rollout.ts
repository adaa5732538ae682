/** A number of hosts, or a share of them such as `10%`. */
export type Share = number | `${number}%`;

/** How a play goes over its hosts. */
export interface Rollout {
  /** Cumulative targets, floored, each at least one host more than the one before. One wave of all hosts when empty. */
  readonly waves: readonly Share[];
  /** The most hosts in flight at a time; within a wave the next starts when one ends. */
  readonly concurrency: number;
  /** Nothing new starts once this many hosts have failed. 1 stops after the first. */
  readonly stopAfterFailures: Share;
  /** Milliseconds to wait between waves. */
  readonly pauseMs: number;
}
