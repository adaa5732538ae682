import PQueue from 'p-queue';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { HostOutcome } from '../model/outcome.ts';
import type { ResolvedPlay } from '../playbook/index.ts';
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
} from '../rollout/index.ts';
import type { HostEnd } from './ends.ts';
import { endOf } from './gather.ts';
import { type HostJob, runHost } from './host-run.ts';
import type { PlannedHost } from './plan-play.ts';
import { mayPass, reconnect } from './reconnect.ts';
import type { Services } from './services.ts';
import { probeOf, probingHost } from './traffic.ts';

/** How long a host that was cut off in the middle of a play is waited for before it is left in doubt. */
const patienceMs = 120_000;
const attempts = 3;

export interface Interrupts {
  /** Aborted by the first Ctrl-C: those in flight finish, nothing new starts. */
  readonly wind: AbortSignal;
  /** Aborted by the second: what is in flight is left to its hosts. */
  readonly abort: AbortSignal;
}

/** One host of a play, through lost links: after each the host is read anew, and what holds already is not done again. */
const runThrough = async (job: HostJob): Promise<HostEnd> => {
  let reached = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await job.services.connections.get(job.host, job.signal);
      reached = true;
      return await runHost(job);
    } catch (error) {
      if (job.signal?.aborted) {
        return {
          outcome: 'in-doubt',
          problem: {
            code: 'run.interrupted',
            message: `${job.host.name}: the run was interrupted while it was at work there.`,
            remedy: 'Go on with: ovsfleet resume',
            facts: { host: job.host.name },
          },
        };
      }
      if (!reached || !(error instanceof ConnectionError) || !mayPass(error) || attempt >= attempts) {
        return endOf(error, reached ? 'in-doubt' : 'unreachable');
      }
      try {
        await reconnect(job.host, error, job.services.clock.now() + patienceMs, job.services, job.signal);
      } catch (still) {
        const end = endOf(still, 'in-doubt');
        return { ...end, outcome: 'in-doubt' };
      }
    }
  }
};

/** Two hosts of which one probes the other's traffic: changing both at once would measure nothing. */
const conflicting = (hosts: ReadonlyMap<string, PlannedHost>) => (a: string, b: string) => {
  const planned = hosts.get(a);
  if (planned === undefined || !planned.nodes.some((node) => node.kind === 'watched')) return false;
  const probe = probeOf(planned.host);
  return probe !== null && probingHost(probe) === b;
};

export interface PlayResult {
  readonly ends: ReadonlyMap<string, HostEnd>;
  /** The budget was spent, or the run was wound down, with hosts left. */
  readonly paused: boolean;
}

/** Takes a play over its hosts: waves, a window of hosts in flight, a budget of failures. */
export const runPlay = async (
  index: number,
  play: ResolvedPlay,
  hosts: readonly PlannedHost[],
  hostNamed: (name: string) => Host | undefined,
  services: Services,
  interrupts: Interrupts,
): Promise<PlayResult> => {
  const { bus, clock } = services;
  const { rollout } = play;
  const names = hosts.map(({ host }) => host.name);
  const byName = new Map(hosts.map((planned) => [planned.host.name, planned]));
  const targets = waves(names, rollout.waves);
  const limit = failureLimit(rollout.stopAfterFailures, names.length);
  bus.emit({
    type: 'play.started',
    play: index,
    title: play.title,
    waves: targets,
    concurrency: rollout.concurrency,
    stopAfter: limit,
    pauseMs: rollout.pauseMs,
  });

  const ends = new Map<string, HostEnd>();
  const queue = new PQueue({ concurrency: rollout.concurrency });
  let schedule = start({
    waves: targets,
    concurrency: rollout.concurrency,
    limit,
    conflicts: conflicting(byName),
  });
  let wake: () => void = () => {};
  let budgetTold = false;

  const finish = (name: string, end: HostEnd, began: number): void => {
    ends.set(name, end);
    bus.emit({
      type: 'host.finished',
      play: index,
      host: name,
      outcome: end.outcome,
      problem: end.problem,
      ms: clock.now() - began,
    });
    schedule = finished(schedule, name, end.outcome);
    if (budgetSpent(schedule) && !budgetTold) {
      budgetTold = true;
      bus.emit({ type: 'budget.spent', play: index, failed: schedule.failed, stopAfter: limit });
    }
  };

  const launch = (planned: PlannedHost): void => {
    const { host, nodes } = planned;
    schedule = started(schedule, host.name);
    void queue.add(async () => {
      const began = clock.now();
      bus.emit({ type: 'host.started', play: index, host: host.name });
      const end = await runThrough({ play: index, host, nodes, hostNamed, services, signal: interrupts.abort });
      await services.connections.release(host);
      finish(host.name, end, began);
      wake();
    });
  };

  let openedWave = -1;
  for (;;) {
    if (interrupts.wind.aborted) schedule = stop(schedule);
    const now = position(schedule);
    if (now.is === 'finished' || now.is === 'stopped') break;
    if (now.is === 'between-waves') {
      if (rollout.pauseMs > 0) {
        bus.emit({ type: 'wave.paused', play: index, wave: now.ended, ms: rollout.pauseMs });
        await clock.sleep(rollout.pauseMs, interrupts.wind).catch(() => {});
        if (interrupts.wind.aborted) continue;
      }
      schedule = openWave(schedule);
    }
    if (schedule.wave !== openedWave && !budgetSpent(schedule) && !interrupts.wind.aborted) {
      openedWave = schedule.wave;
      bus.emit({ type: 'wave.started', play: index, wave: openedWave, hosts: targets[openedWave] ?? [] });
    }
    const ended = new Promise<void>((resolve) => {
      wake = resolve;
    });
    for (const name of next(schedule)) {
      const planned = byName.get(name);
      if (planned !== undefined) launch(planned);
    }
    if (position(schedule).is === 'busy')
      await Promise.race([ended, aborted(interrupts.wind, schedule.inFlight.length === 0)]);
  }
  await queue.onIdle();
  const paused = position(schedule).is === 'stopped';
  for (const name of names) {
    if (ends.has(name)) continue;
    const outcome: HostOutcome = 'not-started';
    ends.set(name, { outcome, problem: null });
    bus.emit({ type: 'host.finished', play: index, host: name, outcome, problem: null, ms: 0 });
  }
  bus.emit({ type: 'play.finished', play: index });
  return { ends, paused };
};

/** Resolves when the signal is aborted, if that is worth waking for. */
const aborted = (signal: AbortSignal, matters: boolean): Promise<void> =>
  new Promise((resolve) => {
    if (matters) signal.addEventListener('abort', () => resolve(), { once: true });
  });
