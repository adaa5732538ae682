import type { HostOutcome } from '../model/outcome.ts';
import type { Node, ResolvedPlay } from '../playbook/index.ts';
import {
  budgetSpent,
  failureLimit,
  finished,
  next,
  openWave,
  position,
  start,
  started,
  stop,
  waves,
  windowOf,
} from '../rollout/index.ts';
import type { HostEnd } from './ends.ts';
import type { PlannedHost } from './plan-play.ts';
import type { RunInput } from './run-input.ts';
import { runThrough } from './run-through.ts';
import { probeOf, probingHost } from './traffic.ts';

const isWatched = (node: Node): boolean =>
  node.kind === 'watched' || ('nodes' in node && node.nodes.some((child) => isWatched(child)));

/** Two hosts of which one probes the other's traffic: changing both at once would measure nothing. */
const conflicting = (hosts: ReadonlyMap<string, PlannedHost>) => (a: string, b: string) => {
  const planned = hosts.get(a);
  const probe = planned?.nodes.some(isWatched) ? probeOf(planned.host) : null;
  return probe !== null && probingHost(probe) === b;
};

export interface PlayResult {
  readonly ends: ReadonlyMap<string, HostEnd>;
  /** The budget was spent, or the run was wound down, with hosts left. */
  readonly paused: boolean;
}

/**
 * Takes a play over its hosts: waves, a window of hosts in flight, a budget of failures. The budget is for failures that
 * this play may have caused: every host that was started and did not end well spends it, one that could not be reached any
 * more as well. Hosts that were told to be unreachable or refused before anything was done are not among `hosts`, and
 * spend nothing. Rejects with a mistake of ovsfleet itself, once all in flight have ended.
 */
export const runPlay = async (
  index: number,
  play: ResolvedPlay,
  hosts: readonly PlannedHost[],
  { hostNamed, services, interrupts }: Pick<RunInput, 'hostNamed' | 'services' | 'interrupts'>,
): Promise<PlayResult> => {
  const { bus, clock } = services;
  const { pauseMs, ...rollout } = play.rollout;
  const names = hosts.map(({ host }) => host.name);
  const concurrency = windowOf(rollout.concurrency, names.length);
  const byName = new Map(hosts.map((planned) => [planned.host.name, planned]));
  const targets = waves(names, rollout.waves);
  const limit = failureLimit(rollout.stopAfterFailures, names.length);
  bus.emit({
    type: 'play.started',
    play: index,
    title: play.title,
    waves: targets,
    concurrency,
    stopAfter: limit,
    pauseMs,
  });

  const ends = new Map<string, HostEnd>();
  const inFlight = new Map<string, Promise<void>>();
  const mistakes: unknown[] = [];
  let schedule = start({ waves: targets, concurrency, limit, conflicts: conflicting(byName) });
  let budgetTold = false;

  const finish = (host: string, end: HostEnd, ms: number): void => {
    ends.set(host, end);
    bus.emit({ type: 'host.finished', play: index, host, outcome: end.outcome, problem: end.problem, ms });
  };

  const take = async ({ host, nodes, objection }: PlannedHost): Promise<void> => {
    const began = clock.now();
    bus.emit({ type: 'host.started', play: index, host: host.name });
    let outcome: HostOutcome = 'in-doubt';
    try {
      const end = await runThrough({
        play: index,
        host,
        nodes,
        objection,
        hostNamed,
        services,
        signal: interrupts.abort,
      });
      await services.connections.release(host);
      finish(host.name, end, clock.now() - began);
      outcome = end.outcome;
    } catch (mistake) {
      mistakes.push(mistake);
      schedule = stop(schedule);
    }
    inFlight.delete(host.name);
    schedule = finished(schedule, host.name, outcome);
    if (!budgetSpent(schedule) || budgetTold) return;
    budgetTold = true;
    bus.emit({ type: 'budget.spent', play: index, failed: schedule.failed, stopAfter: limit });
  };

  let openedWave = -1;
  for (;;) {
    if (interrupts.wind.aborted) schedule = stop(schedule);
    const now = position(schedule);
    if (now.is === 'finished' || now.is === 'stopped') break;
    if (now.is === 'between-waves') {
      if (pauseMs > 0) {
        bus.emit({ type: 'wave.paused', play: index, wave: now.ended, ms: pauseMs });
        await clock.sleep(pauseMs, interrupts.wind).catch(() => {});
        if (interrupts.wind.aborted) continue;
      }
      schedule = openWave(schedule);
    }
    const starting = next(schedule);
    if (schedule.wave !== openedWave && starting.length > 0) {
      openedWave = schedule.wave;
      bus.emit({ type: 'wave.started', play: index, wave: openedWave, hosts: targets[openedWave] ?? [] });
    }
    for (const name of starting) {
      const planned = byName.get(name);
      if (planned === undefined) continue;
      schedule = started(schedule, name);
      inFlight.set(name, take(planned));
    }
    await Promise.race(inFlight.values());
  }
  const [mistake] = mistakes;
  if (mistake !== undefined) throw mistake;
  const paused = position(schedule).is === 'stopped';
  for (const name of names) {
    if (!ends.has(name)) finish(name, { outcome: 'not-started', problem: null }, 0);
  }
  bus.emit({ type: 'play.finished', play: index });
  return { ends, paused };
};
