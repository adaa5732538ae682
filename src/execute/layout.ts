import type { Host } from '../model/host.ts';
import type { Order, Rollout, Spread } from '../model/rollout.ts';
import type { Node, ResolvedPlay } from '../playbook/index.ts';
import {
  capacityOf,
  domainsBy,
  failureLimit,
  type HostTime,
  hostTime,
  hostWindows,
  itinerary,
  type ScheduleOptions,
  type Timetable,
  timetables,
  windowOf,
} from '../rollout/index.ts';
import { conflicting } from './leases.ts';
import type { PlannedHost } from './plan-play.ts';
import type { RunInput } from './run-input.ts';

/** A play whose rollout is worked out: who is in which wave, and all that its hosts must keep to. */
export interface Layout {
  readonly index: number;
  readonly play: ResolvedPlay;
  readonly schedule: Required<ScheduleOptions>;
  readonly order: Order;
  readonly canaries: number;
  readonly down: readonly string[];
  readonly time: HostTime;
  readonly timetableOf: (host: string) => Timetable;
  /** The zone that times of windows are told in; `null` when hosts may be started at any time. */
  readonly zone: string | null;
  /** Whether the play or one of its hosts has a maintenance window. */
  readonly windowed: boolean;
  /** Hosts of which nobody said the domain that the play spreads by. */
  readonly homeless: readonly string[];
}

export interface LayoutInput {
  readonly index: number;
  readonly play: ResolvedPlay;
  /** Those that have something to do, in the order of the inventory. */
  readonly pending: readonly PlannedHost[];
  /** Hosts of the play that are down. */
  readonly down: readonly string[];
  /** How many hosts the play is for in all. */
  readonly total: number;
  readonly input: Pick<RunInput, 'controls' | 'services' | 'selectAll'>;
}

const deadlinesOf = (node: Node): number => {
  if (node.kind === 'transaction') return node.confirmMs + node.deadlineMs;
  return 'nodes' in node ? node.nodes.reduce((sum, child) => sum + deadlinesOf(child), 0) : 0;
};

const orderFor = (order: Rollout['order'], run: string): Order =>
  order.by === 'shuffle' ? { by: 'shuffle', seed: order.seed ?? run } : order;

const domainIn = (hosts: ReadonlyMap<string, Host>, spread: Spread | null) => {
  if (spread === null) return () => null;
  return (name: string): string | null => {
    const value = hosts.get(name)?.vars[spread.by];
    return value === undefined || value === null || value === '' ? null : JSON.stringify(value);
  };
};

const zoneOf = (
  play: ResolvedPlay,
  hosts: readonly Host[],
  controls: LayoutInput['input']['controls'],
): string | null => {
  const own = hosts.map(hostWindows).find((windows) => windows !== null) ?? [];
  return [...play.rollout.windows, ...own, ...controls.frozen][0]?.zone ?? null;
};

/** Works out the rollout of a play. @throws FleetError when a share is none, or a host's window is not to be understood */
export const layOut = ({ index, play, pending, down, total, input }: LayoutInput): Layout => {
  const { controls, services, selectAll } = input;
  const { rollout } = play;
  const hosts = pending.map(({ host }) => host);
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const names = hosts.map(({ name }) => name);
  const first = rollout.canary === null ? [] : selectAll(rollout.canary).filter(({ name }) => byName.has(name));
  const domainOf = domainIn(byName, rollout.spread);
  const order = orderFor(rollout.order, services.run);
  const concurrency = Math.min(
    windowOf(rollout.concurrency, total),
    controls.maxConcurrency ?? Number.POSITIVE_INFINITY,
  );
  const limit = failureLimit(rollout.stopAfterFailures, names.length);
  const tableOf = timetables(rollout.windows, controls.frozen);
  const always: Timetable = { openUntil: () => Number.POSITIVE_INFINITY, opensAt: (time) => time };
  return {
    index,
    play,
    order,
    down,
    canaries: first.length,
    schedule: {
      waves: itinerary({
        ...{ hosts: names, order, waves: rollout.waves, spread: rollout.spread, domainOf },
        canaries: new Set(first.map(({ name }) => name)),
      }),
      concurrency,
      limit,
      capacity: rollout.maxUnavailable === null ? concurrency + limit - 1 : capacityOf(rollout.maxUnavailable, total),
      down: down.length,
      conflicts: conflicting(pending),
      domains: rollout.spread === null ? null : domainsBy(rollout.spread, domainOf),
    },
    time: hostTime({
      perHostMs: rollout.perHostMs,
      measured: controls.measured(play.title),
      deadlinesMs: Math.max(0, ...pending.map(({ nodes }) => nodes.reduce((sum, node) => sum + deadlinesOf(node), 0))),
    }),
    timetableOf: (name) => {
      const host = byName.get(name);
      return host === undefined ? always : tableOf(host);
    },
    zone: zoneOf(play, hosts, controls),
    windowed: rollout.windows.length > 0 || hosts.some((host) => hostWindows(host) !== null),
    homeless: rollout.spread === null ? [] : names.filter((name) => domainOf(name) === null),
  };
};
