import { FleetError } from '../model/error.ts';
import { type HostOutcome, isFailure } from '../model/outcome.ts';

export interface ScheduleOptions {
  readonly waves: readonly (readonly string[])[];
  /** The most hosts in flight at a time. */
  readonly concurrency: number;
  /** Nothing new starts once this many hosts have failed. */
  readonly limit: number;
  /** Hosts that must not be in flight together, such as a host and the peer that probes its traffic. Symmetric. */
  readonly conflicts?: (a: string, b: string) => boolean;
}

/** How far a play is, as a value: every function here returns a new one. */
export interface Schedule {
  readonly options: Required<ScheduleOptions>;
  /** Index of the wave that is open. */
  readonly wave: number;
  /** Per wave the hosts that have not started. */
  readonly waiting: readonly (readonly string[])[];
  readonly inFlight: readonly string[];
  /** Every host that counted against the budget, in the order they ended. */
  readonly failed: readonly string[];
  readonly stopped: boolean;
}

export type Position =
  /** Hosts are in flight, or may start. */
  | { readonly is: 'busy' }
  /** A wave has ended well enough: pause, then `openWave`. */
  | { readonly is: 'between-waves'; readonly ended: number; readonly next: number }
  /** Nothing is in flight and nothing more will start, though hosts are left. */
  | { readonly is: 'stopped'; readonly because: 'budget' | 'told'; readonly notStarted: readonly string[] }
  | { readonly is: 'finished' };

/** @throws FleetError `rollout.concurrency` when no host could ever start. */
export const start = (options: ScheduleOptions): Schedule => {
  if (!(options.concurrency >= 1)) {
    throw new FleetError({
      code: 'rollout.concurrency',
      message: `with ${options.concurrency} hosts at a time no host could start`,
      remedy: 'set concurrency to 1 or more',
      facts: { concurrency: options.concurrency },
    });
  }
  return {
    options: { conflicts: () => false, ...options },
    wave: 0,
    waiting: options.waves,
    inFlight: [],
    failed: [],
    stopped: false,
  };
};

export const budgetSpent = (schedule: Schedule): boolean => schedule.failed.length >= schedule.options.limit;

/**
 * The hosts of the open wave that may start now, in their order: as many as fit in the window, none that conflicts with
 * one in flight or with one before it in the answer. A host that conflicts lets those after it pass.
 */
export const next = (schedule: Schedule): readonly string[] => {
  if (schedule.stopped || budgetSpent(schedule)) return [];
  const { concurrency, conflicts } = schedule.options;
  const room = concurrency - schedule.inFlight.length;
  const chosen: string[] = [];
  for (const host of ofOpenWave(schedule)) {
    if (chosen.length >= room) break;
    const free = (other: string): boolean => !conflicts(host, other) && !conflicts(other, host);
    if (schedule.inFlight.every(free) && chosen.every(free)) chosen.push(host);
  }
  return chosen;
};

/** `host`, one that `next` gave, is in flight now. */
export const started = (schedule: Schedule, host: string): Schedule => ({
  ...schedule,
  waiting: withoutIn(schedule.waiting, host),
  inFlight: [...schedule.inFlight, host],
});

/** A host ended. One that never was in flight may end too: it was refused, or nothing is to be done on it. */
export const finished = (schedule: Schedule, host: string, outcome: HostOutcome): Schedule => ({
  ...schedule,
  waiting: withoutIn(schedule.waiting, host),
  inFlight: without(schedule.inFlight, host),
  failed: isFailure(outcome) ? [...schedule.failed, host] : schedule.failed,
});

/** Nothing new starts any more; those in flight finish. */
export const stop = (schedule: Schedule): Schedule => ({ ...schedule, stopped: true });

/** Opens the next wave that has hosts left. */
export const openWave = (schedule: Schedule): Schedule => ({
  ...schedule,
  wave: schedule.waiting.findIndex((hosts, wave) => wave > schedule.wave && hosts.length > 0),
});

const notStarted = (schedule: Schedule): readonly string[] => schedule.waiting.flat();

export const position = (schedule: Schedule): Position => {
  if (schedule.inFlight.length > 0) return { is: 'busy' };
  const left = notStarted(schedule);
  if (left.length === 0) return { is: 'finished' };
  if (budgetSpent(schedule)) return { is: 'stopped', because: 'budget', notStarted: left };
  if (schedule.stopped) return { is: 'stopped', because: 'told', notStarted: left };
  if (ofOpenWave(schedule).length > 0) return { is: 'busy' };
  return { is: 'between-waves', ended: schedule.wave, next: openWave(schedule).wave };
};

const ofOpenWave = (schedule: Schedule): readonly string[] => schedule.waiting[schedule.wave] ?? [];

const withoutIn = (waves: Schedule['waiting'], host: string): Schedule['waiting'] =>
  waves.map((hosts) => (hosts.includes(host) ? without(hosts, host) : hosts));

const without = (hosts: readonly string[], host: string): readonly string[] => hosts.filter((other) => other !== host);
