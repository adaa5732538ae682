import type { Calendar } from '../model/window.ts';
import { common, cut, type Interval, merged } from './interval.ts';
import { frozenSpans, openingsOf } from './window.ts';

const dayMs = 86_400_000;
/** Looked at in one piece. */
const stretchMs = 40 * dayMs;
/** What is open for longer, and as far as was looked, counts as open without an end. */
const longMs = 8 * dayMs;
/** How far ahead an opening is looked for: a yearly date with a blackout on it comes again within this. */
const horizonMs = 800 * dayMs;

/** When a calendar is open. */
export interface Timetable {
  /** The end of the opening at an instant, `Infinity` when there is none in sight; `null` when it is closed then. */
  readonly openUntil: (time: number) => number | null;
  /** The first instant, `time` or later, at which it is open and stays so for `ms`; `null` when there is none. */
  readonly opensAt: (time: number, ms: number) => number | null;
}

const always: Timetable = { openUntil: () => Number.POSITIVE_INFINITY, opensAt: (time) => time };

const openingsBetween = ({ windows, frozen }: Calendar, between: Interval): readonly Interval[] => {
  const sets = windows.map((set) => merged(set.flatMap((window) => openingsOf(window, between))));
  const open = sets.reduce((both, set) => common(both, set), [between]);
  return cut(open, frozenSpans(frozen));
};

/** A calendar, worked out as far as it is asked. It remembers what it worked out, since it is asked for every host. */
export const timetable = (calendar: Calendar): Timetable => {
  if (calendar.windows.length === 0 && calendar.frozen.length === 0) return always;
  let seen: Interval = { from: 0, to: 0 };
  let openings: readonly Interval[] = [];

  const lookAt = (between: Interval): readonly Interval[] => {
    if (between.from < seen.from || between.to > seen.to) {
      seen = { from: between.from, to: between.to + stretchMs / 4 };
      openings = openingsBetween(calendar, seen);
    }
    return openings;
  };
  const endOf = ({ from, to }: Interval): number =>
    to >= seen.to && to - from >= longMs ? Number.POSITIVE_INFINITY : to;

  return {
    openUntil: (time) => {
      const open = lookAt({ from: time, to: time + stretchMs }).find(({ from, to }) => from <= time && time < to);
      return open === undefined ? null : endOf(open);
    },
    opensAt: (time, ms) => {
      for (const ahead of [stretchMs, horizonMs]) {
        const found = lookAt({ from: time, to: time + ahead }).find(
          (opening) => opening.to > time && endOf(opening) - Math.max(time, opening.from) >= ms,
        );
        if (found !== undefined) return Math.max(time, found.from);
      }
      return null;
    },
  };
};
