import { FleetError } from '../model/error.ts';
import { type HostOutcome, isFailure } from '../model/outcome.ts';
import { type Domains, turnOf } from './domains.ts';

export interface ScheduleOptions {
  readonly waves: readonly (readonly string[])[];
  /** The most hosts in flight at a time. */
  readonly concurrency: number;
  /** Nothing new starts once this many hosts have failed. */
  readonly limit: number;
  /** The most hosts in flight, down and failed together; `concurrency + limit - 1` unless said, which `limit` implies. */
  readonly capacity?: number;
  /** How many hosts were down before it began: they take of the capacity. */
  readonly down?: number;
  /** Hosts that must not be in flight together, such as a host and the peer that probes its traffic. Symmetric. */
  readonly conflicts?: (a: string, b: string) => boolean;
  readonly domains?: Domains | null;
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
  | {
      readonly is: 'stopped';
      readonly because: 'budget' | 'capacity' | 'told';
      readonly notStarted: readonly string[];
    }
  | { readonly is: 'finished' };

/** What a host in flight or waiting is asked beyond the rules of the schedule, such as whether its window is open. */
export type MayStart = (host: string) => boolean;
const anyHost: MayStart = () => true;

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
    options: {
      capacity: options.concurrency + options.limit - 1,
      down: 0,
      conflicts: () => false,
      domains: null,
      ...options,
    },
    wave: 0,
    waiting: options.waves,
    inFlight: [],
    failed: [],
    stopped: false,
  };
};

export const budgetSpent = (schedule: Schedule): boolean => schedule.failed.length >= schedule.options.limit;

/** How many more hosts may be in flight: by the window of hosts, and by what is out of service already. */
const roomIn = ({ options, inFlight, failed }: Schedule): number =>
  Math.min(options.concurrency, options.capacity - options.down - failed.length) - inFlight.length;

/**
 * The hosts of the open wave that may start now, in their order: as many as there is room for, none that conflicts with
 * one in flight or with one before it in the answer. A host that conflicts, or that `mayStart` keeps back, lets those after
 * it pass.
 */
export const next = (schedule: Schedule, mayStart: MayStart = anyHost): readonly string[] => {
  if (schedule.stopped || budgetSpent(schedule)) return [];
  const { conflicts, domains } = schedule.options;
  const room = roomIn(schedule);
  const waiting = ofOpenWave(schedule);
  const turn = turnOf(domains, waiting, schedule.inFlight);
  const chosen: string[] = [];
  for (const host of waiting) {
    if (chosen.length >= room) break;
    if (!turn.isOpen(host)) continue;
    const free = (other: string): boolean => !conflicts(host, other) && !conflicts(other, host);
    if (!schedule.inFlight.every(free) || !chosen.every(free) || !mayStart(host)) continue;
    chosen.push(host);
    turn.take(host);
  }
  return chosen;
};

/** The hosts of the open wave that have not started and whose domain has its turn: none but their windows keep them back. */
export const waitingIn = (schedule: Schedule): readonly string[] => {
  const waiting = ofOpenWave(schedule);
  return waiting.filter(turnOf(schedule.options.domains, waiting, schedule.inFlight).isOpen);
};

/** `host`, one that `next` gave, is in flight now. */
export const started = (schedule: Schedule, host: string): Schedule => ({
  ...schedule,
  waiting: schedule.waiting.map((hosts, wave) => (wave === schedule.wave ? without(hosts, host) : hosts)),
  inFlight: [...schedule.inFlight, host],
});

/** `host`, which was in flight, was not touched after all: it is the next of its wave again. */
export const returned = (schedule: Schedule, host: string): Schedule => ({
  ...schedule,
  waiting: schedule.waiting.map((hosts, wave) => (wave === schedule.wave ? [host, ...hosts] : hosts)),
  inFlight: without(schedule.inFlight, host),
});

/** How `host` ended is known, and counts; it stays in flight until those who are told of it have answered. */
export const judged = (schedule: Schedule, host: string, outcome: HostOutcome): Schedule => ({
  ...schedule,
  failed: isFailure(outcome) && !schedule.failed.includes(host) ? [...schedule.failed, host] : schedule.failed,
});

/** A host ended. One that never was in flight may end too: it was refused, or nothing is to be done on it. */
export const finished = (schedule: Schedule, host: string, outcome: HostOutcome): Schedule => ({
  ...judged(schedule, host, outcome),
  waiting: schedule.inFlight.includes(host) ? schedule.waiting : withoutIn(schedule.waiting, host),
  inFlight: without(schedule.inFlight, host),
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
  if (roomIn(schedule) < 1) return { is: 'stopped', because: 'capacity', notStarted: left };
  if (ofOpenWave(schedule).length > 0) return { is: 'busy' };
  return { is: 'between-waves', ended: schedule.wave, next: openWave(schedule).wave };
};

const ofOpenWave = (schedule: Schedule): readonly string[] => schedule.waiting[schedule.wave] ?? [];

const withoutIn = (waves: Schedule['waiting'], host: string): Schedule['waiting'] =>
  waves.map((hosts) => (hosts.includes(host) ? without(hosts, host) : hosts));

const without = (hosts: readonly string[], host: string): readonly string[] => hosts.filter((other) => other !== host);
