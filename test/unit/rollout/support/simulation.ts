import { type HostOutcome, isFailure } from '../../../../src/model/outcome.ts';
import type { Order, Share, Spread } from '../../../../src/model/rollout.ts';
import {
  budgetSpent,
  domainsBy,
  failureLimit,
  finished,
  itinerary,
  next,
  openWave,
  position,
  returned,
  type Schedule,
  start,
  started,
  stop,
  type Timetable,
  windowOf,
} from '../../../../src/rollout/index.ts';

/** A rollout, and the luck that its hosts will have. */
export interface Setting {
  readonly hosts: readonly string[];
  readonly waves: readonly Share[];
  readonly concurrency: Share;
  readonly stopAfter: Share;
  readonly maxUnavailable: number | null;
  readonly order: Order;
  readonly canaries: ReadonlySet<string>;
  readonly spread: Spread | null;
  readonly domainOf: (host: string) => string | null;
  readonly peers: (a: string, b: string) => boolean;
  readonly down: number;
  readonly timetable: Timetable;
  readonly needMs: number;
  readonly pauseMs: number;
  /** How a host that is started ends, and after how long. */
  readonly fate: (host: string) => { readonly outcome: HostOutcome; readonly ms: number };
  /** A host whose hook says "not now" the first time. */
  readonly hesitates: (host: string) => boolean;
  /** After so many ends the operator presses Ctrl-C; never when it is more than there are hosts. */
  readonly interruptAfter: number;
  readonly now: number;
}

/** What was seen at one moment. */
export interface Sight {
  readonly time: number;
  readonly schedule: Schedule;
  readonly starting: readonly string[];
}

export interface Played {
  readonly sights: readonly Sight[];
  readonly ends: readonly (readonly [host: string, outcome: HostOutcome])[];
  readonly notStarted: readonly string[];
  readonly because: 'finished' | 'budget' | 'capacity' | 'told';
  readonly closed: boolean;
}

interface Flight {
  readonly host: string;
  readonly until: number;
}

/** The loop of the real thing with its clock and its hosts made up: it may do only what the scheduler lets it. */
export const play = (setting: Setting): Played => {
  const { hosts, timetable, needMs, pauseMs, fate, hesitates } = setting;
  const concurrency = windowOf(setting.concurrency, hosts.length);
  const limit = failureLimit(setting.stopAfter, hosts.length);
  let schedule = start({
    waves: itinerary(setting),
    concurrency,
    limit,
    down: setting.down,
    conflicts: setting.peers,
    domains: setting.spread === null ? null : domainsBy(setting.spread, setting.domainOf),
    ...(setting.maxUnavailable === null ? {} : { capacity: setting.maxUnavailable }),
  });
  const sights: Sight[] = [];
  const ends: (readonly [string, HostOutcome])[] = [];
  const asked = new Set<string>();
  let flights: readonly Flight[] = [];
  let now = setting.now;
  let closed = false;
  const mayStart = (host: string): boolean =>
    hosts.includes(host) && (timetable.openUntil(now) ?? Number.NEGATIVE_INFINITY) - now >= needMs;
  for (;;) {
    if (ends.length >= setting.interruptAfter) schedule = stop(schedule);
    const at = position(schedule);
    if (at.is === 'finished') return { sights, ends, notStarted: [], because: 'finished', closed };
    if (at.is === 'stopped') return { sights, ends, notStarted: at.notStarted, because: at.because, closed };
    if (at.is === 'between-waves') {
      now += pauseMs;
      schedule = openWave(schedule);
      continue;
    }
    const starting = next(schedule, mayStart);
    sights.push({ time: now, schedule, starting });
    for (const host of starting) {
      schedule = started(schedule, host);
      if (hesitates(host) && !asked.has(host)) {
        asked.add(host);
        schedule = returned(schedule, host);
        continue;
      }
      flights = [...flights, { host, until: now + fate(host).ms }].toSorted((a, b) => a.until - b.until);
    }
    if (flights.length === 0 && starting.length > 0) continue;
    const [landing, ...others] = flights;
    if (landing === undefined) {
      closed = true;
      schedule = stop(schedule);
      continue;
    }
    flights = others;
    now = Math.max(now, landing.until);
    const { outcome } = fate(landing.host);
    schedule = finished(schedule, landing.host, outcome);
    ends.push([landing.host, outcome]);
    sights.push({ time: now, schedule, starting: [] });
  }
};

/** How many had failed when the budget was spent, and were in flight then; `null` when it was not. */
export const whenSpent = ({ sights }: Played): { readonly failed: number; readonly inFlight: number } | null => {
  const spent = sights.find(({ schedule }) => budgetSpent(schedule))?.schedule;
  return spent === undefined ? null : { failed: spent.failed.length, inFlight: spent.inFlight.length };
};

export const failures = ({ ends }: Played): number => ends.filter(([, outcome]) => isFailure(outcome)).length;
