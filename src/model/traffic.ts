import type { Value } from './host.ts';

/** From where a host's traffic is probed: its inventory variables `probe_from` (`HOST` or `HOST:NETNS`) and `probe_to`. */
export interface TrafficProbe {
  readonly from: string;
  readonly to: string;
}

/** `null`: the inventory does not say from where to probe. */
export const probeOf = ({ vars }: { readonly vars: Readonly<Record<string, Value>> }): TrafficProbe | null => {
  const { probe_from: from, probe_to: to } = vars;
  return typeof from === 'string' && typeof to === 'string' ? { from, to } : null;
};

/** The inventory name of the host that probes, and the network namespace there, if any. */
export const proberOf = ({ from }: TrafficProbe): { readonly host: string; readonly namespace: string | null } => {
  const [, host = from, namespace = null] = /^([^:]+)(?::(.+))?$/.exec(from) ?? [];
  return { host, namespace };
};

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
