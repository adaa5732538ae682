import type { Problem } from '../model/error.ts';
import type { HostOutcome } from '../model/outcome.ts';
import {
  budgetSpent,
  finished,
  judged,
  next,
  openWave,
  position,
  returned,
  start,
  started,
  stop,
} from '../rollout/index.ts';
import { closedFor, endOrOpening, sleepUntil } from './closed-window.ts';
import type { HostEnd } from './ends.ts';
import { type Gated, judgeGates } from './gates.ts';
import { capacityProblem, gateProblem, type Halted } from './halts.ts';
import { askHooks } from './hooks.ts';
import type { Layout } from './layout.ts';
import type { PlannedHost } from './plan-play.ts';
import type { RunInput } from './run-input.ts';
import { runThrough } from './run-through.ts';
import { stepByStep } from './step-by-step.ts';
import { tellLayout } from './tell-layout.ts';

export interface PlayResult {
  readonly ends: ReadonlyMap<string, HostEnd>;
  /** It ended with hosts left: the budget was spent, a window closed, somebody said no, or the run was wound down. */
  readonly paused: boolean;
  /** As many hosts have failed as may, whether or not any were left to start. */
  readonly budgetSpent: boolean;
}

export interface PlayHosts {
  /** Those that have something to do, with what must hold on each before others follow it. */
  readonly pending: ReadonlyMap<PlannedHost, Gated>;
  /** Those of the play that are as wanted already. */
  readonly done: readonly Gated[];
}

/**
 * Takes a play over its hosts: waves, windows, hosts in flight, a budget of failures. The budget is for failures that this
 * play may have caused: every host that was started and did not end well spends it, one that could not be reached any more
 * as well. Hosts that were told to be unreachable or refused before anything was done are not among `pending`, and spend
 * nothing; those that are down take of the capacity. Rejects with a mistake of ovsfleet itself, once all in flight have ended.
 */
export const runPlay = async (layout: Layout, hosts: PlayHosts, input: RunInput): Promise<PlayResult> => {
  const { index, play, timetableOf, time } = layout;
  const { hostNamed, services, interrupts, controls } = input;
  const { bus, clock } = services;
  const { waves, limit } = layout.schedule;
  const byName = new Map([...hosts.pending.keys()].map((planned) => [planned.host.name, planned]));
  tellLayout(layout, services);

  const ends = new Map<string, HostEnd>();
  const inFlight = new Map<string, Promise<void>>();
  const mistakes: unknown[] = [];
  let done = hosts.done;
  let schedule = start(layout.schedule);
  let budgetTold = false;
  let halted = false;
  let openedWave = -1;
  let endedWave = -1;

  const halt = (because: Halted, problem: Problem): void => {
    schedule = stop(schedule);
    halted = true;
    bus.emit({ type: 'rollout.halted', play: index, because, problem });
  };

  const ask = async (
    moment: 'before-wave' | 'after-wave' | 'before-host' | 'after-host',
    about: { readonly wave: number; readonly hosts: readonly string[]; readonly outcome: HostOutcome | null },
  ): Promise<boolean> => {
    const leave = await askHooks({ moment, play: { index, title: play.title }, ...about }, input);
    // One refusal is enough to be told: hosts in flight are each asked about, and may each be refused.
    if (leave.is === 'no' && !halted) halt('hook', leave.problem);
    return leave.is === 'go';
  };

  const openAt = (now: number) => (host: string) => {
    const until = timetableOf(host).openUntil(now);
    return until !== null && until - now >= time.needMs;
  };

  const finish = (host: string, end: HostEnd, ms: number): void => {
    ends.set(host, end);
    bus.emit({ type: 'host.finished', play: index, host, outcome: end.outcome, problem: end.problem, ms });
  };

  /** Counts how a host ended, before anybody is asked about it: an answer may take its time. */
  const count = (host: string, outcome: HostOutcome): void => {
    schedule = judged(schedule, host, outcome);
    if (!budgetSpent(schedule) || budgetTold) return;
    budgetTold = true;
    bus.emit({ type: 'budget.spent', play: index, failed: schedule.failed, stopAfter: limit });
  };

  /** Does one host, when it may still be done after its hooks were asked. */
  const work = async (planned: PlannedHost, wave: number): Promise<HostOutcome | null> => {
    const { host, nodes, objection } = planned;
    const about = { wave, hosts: [host.name] };
    const leave = await ask('before-host', { ...about, outcome: null });
    if (!leave || schedule.stopped || interrupts.wind.aborted || !openAt(clock.now())(host.name)) return null;
    const began = clock.now();
    bus.emit({ type: 'host.started', play: index, host: host.name });
    const { askStep } = controls;
    const steps = askStep === null ? null : stepByStep(host, play.title, askStep, interrupts.wind);
    const job = { play: index, host, nodes, objection, steps, hostNamed, services, signal: interrupts.abort };
    const end = await runThrough(job);
    await services.connections.release(host);
    finish(host.name, end, clock.now() - began);
    count(host.name, end.outcome);
    const gated = hosts.pending.get(planned);
    if (gated !== undefined && (end.outcome === 'changed' || end.outcome === 'current')) done = [...done, gated];
    await ask('after-host', { ...about, outcome: end.outcome });
    return end.outcome;
  };

  const take = async (planned: PlannedHost, wave: number): Promise<void> => {
    const { name } = planned.host;
    let outcome: HostOutcome | null = 'in-doubt';
    try {
      outcome = await work(planned, wave);
    } catch (mistake) {
      mistakes.push(mistake);
      schedule = stop(schedule);
      count(name, 'in-doubt');
    }
    inFlight.delete(name);
    schedule = outcome === null ? returned(schedule, name) : finished(schedule, name, outcome);
  };

  const endWave = async (): Promise<void> => {
    if (openedWave < 0 || openedWave === endedWave) return;
    endedWave = openedWave;
    await ask('after-wave', { wave: openedWave, hosts: waves[openedWave] ?? [], outcome: null });
  };

  const pauseBetween = async (ended: number): Promise<void> => {
    const { pauseMs } = play.rollout;
    if (pauseMs === 0) return;
    bus.emit({ type: 'wave.paused', play: index, wave: ended, ms: pauseMs });
    await clock.sleep(pauseMs, interrupts.wind).catch(() => {});
  };

  /** Whether the wave that is open may begin: what must hold does, and nobody objects. */
  const beginWave = async (wave: number): Promise<void> => {
    const failed = await judgeGates({ play: index, wave }, done, input);
    if (failed.length > 0) halt('gate', gateProblem(failed));
    if (schedule.stopped || interrupts.wind.aborted) return;
    if (!(await ask('before-wave', { wave, hosts: waves[wave] ?? [], outcome: null }))) return;
    openedWave = wave;
    bus.emit({ type: 'wave.started', play: index, wave, hosts: waves[wave] ?? [] });
  };

  for (;;) {
    if (interrupts.wind.aborted) schedule = stop(schedule);
    const at = position(schedule);
    if (at.is === 'finished' || at.is === 'stopped') break;
    if (at.is === 'between-waves') {
      await endWave();
      await pauseBetween(at.ended);
      if (!interrupts.wind.aborted && !schedule.stopped) schedule = openWave(schedule);
      continue;
    }
    const now = clock.now();
    const starting = next(schedule, openAt(now));
    if (inFlight.size === 0 && starting.length === 0) {
      const closed = closedFor(schedule, layout, now);
      if (controls.whenClosed === 'pause' || closed.opensAt === null) halt('window', closed.problem);
      else await sleepUntil({ ...closed, opensAt: closed.opensAt, play: index }, services, interrupts.wind);
      continue;
    }
    if (starting.length > 0 && schedule.wave !== openedWave) {
      await beginWave(schedule.wave);
      continue;
    }
    for (const name of starting) {
      const planned = byName.get(name);
      if (planned === undefined) continue;
      schedule = started(schedule, name);
      inFlight.set(name, take(planned, schedule.wave));
    }
    const flying = inFlight.values();
    // A run that does not wait for windows does not pass the time until one opens, either.
    if (controls.whenClosed === 'pause') await Promise.race(flying);
    else await endOrOpening(flying, { schedule, layout, now }, services);
  }
  await endWave();
  const [mistake] = mistakes;
  if (mistake !== undefined) throw mistake;
  const last = position(schedule);
  if (last.is === 'stopped' && last.because === 'capacity') halt('capacity', capacityProblem(layout));
  for (const name of byName.keys()) {
    if (!ends.has(name)) finish(name, { outcome: 'not-started', problem: null }, 0);
  }
  bus.emit({ type: 'play.finished', play: index });
  return { ends, paused: last.is === 'stopped' || halted, budgetSpent: budgetSpent(schedule) };
};
