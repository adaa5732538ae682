/** What a probe saw of the traffic to a host's guest while something was done to the host. */
export interface TrafficMeasured {
  /** Inventory name of the host the probe ran on, with its network namespace if any: `hv02:guest`. */
  readonly from: string;
  /** Address that was probed. */
  readonly to: string;
  readonly sent: number;
  readonly lost: number;
  /** The longest time without an answer, in milliseconds. */
  readonly longestGapMs: number;
}
