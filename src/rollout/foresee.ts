import type { HostTime } from './estimate.ts';
import {
  finished,
  next,
  openWave,
  position,
  type Schedule,
  type ScheduleOptions,
  start,
  started,
  waitingIn,
} from './scheduler.ts';
import type { Timetable } from './timetable.ts';

export interface ForesightInput {
  readonly schedule: ScheduleOptions;
  readonly pauseMs: number;
  /** The same for all hosts. */
  readonly time: HostTime;
  readonly timetableOf: (host: string) => Timetable;
  readonly now: number;
}

/** What a play would come to if every host took as long as is expected, and ended well. */
export interface Foresight {
  /** When the first host can start; `null` when none ever can. */
  readonly opensAt: number | null;
  /** The end of the opening that the first host starts in; `null` when it has none. */
  readonly closesAt: number | null;
  /** How many hosts end before nothing more can start for now, and when the last of them does. */
  readonly fit: number;
  readonly endsAt: number | null;
}

/** The first instant at which a host of the open wave may start. */
const opening = (
  input: ForesightInput,
  waiting: readonly string[],
): { readonly host: string; readonly at: number } | null => {
  const times = waiting.flatMap((host) => {
    const at = input.timetableOf(host).opensAt(input.now, input.time.needMs);
    return at === null ? [] : [{ host, at }];
  });
  return times.toSorted((a, b) => a.at - b.at)[0] ?? null;
};

interface Flight {
  readonly host: string;
  readonly until: number;
}

/** Goes through a play in thought, up to where all that is left has to wait for another window. */
const walk = (input: ForesightInput, opensAt: number): { readonly fit: number; readonly endsAt: number } => {
  const { time, timetableOf, pauseMs } = input;
  let schedule: Schedule = start(input.schedule);
  let now = opensAt;
  let flights: readonly Flight[] = [];
  let fit = 0;
  const mayStart = (host: string): boolean =>
    (timetableOf(host).openUntil(now) ?? 0) - now >= time.needMs && timetableOf(host).openUntil(now) !== null;
  for (;;) {
    const at = position(schedule);
    if (at.is === 'between-waves') {
      schedule = openWave(schedule);
      now += pauseMs;
    } else if (at.is !== 'busy') break;
    for (const host of next(schedule, mayStart)) {
      schedule = started(schedule, host);
      flights = [...flights, { host, until: now + time.ms }];
    }
    const [landing, ...others] = flights;
    if (landing === undefined) break;
    flights = others;
    now = landing.until;
    fit += 1;
    schedule = finished(schedule, landing.host, 'changed');
  }
  return { fit, endsAt: now };
};

/** How far a play would get in the window that is open, or opens next. */
export const foresee = (input: ForesightInput): Foresight => {
  const schedule = start(input.schedule);
  const first = opening(input, waitingIn(schedule));
  if (first === null) return { opensAt: null, closesAt: null, fit: 0, endsAt: null };
  const until = input.timetableOf(first.host).openUntil(first.at);
  const { fit, endsAt } = walk(input, first.at);
  return {
    opensAt: first.at,
    closesAt: until === Number.POSITIVE_INFINITY ? null : until,
    fit,
    endsAt: fit === 0 ? null : endsAt,
  };
};
