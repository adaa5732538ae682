import type { Window } from '../../../../src/model/window.ts';
import { beginsOn } from '../../../../src/rollout/window.ts';

const minuteMs = 60_000;

/** What a clock on the wall of a zone shows: its date as a day number, and minutes since midnight. */
export type Wall = (time: number) => readonly [day: number, minutes: number];

/** By the clock's text, not by its offset, and a quarter of an hour at a time: offsets only change on quarters. */
export const wallOf = (zone: string): Wall => {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const quarters = new Map<number, readonly [number, number]>();
  return (time) => {
    const quarter = Math.floor(time / (15 * minuteMs));
    let shown = quarters.get(quarter);
    if (shown === undefined) {
      const [date = '', clock = ''] = format.format(quarter * 15 * minuteMs).split(' ');
      const [hours = 0, minutes = 0] = clock.split(':').map(Number);
      shown = [Date.parse(`${date}T00:00:00Z`) / 86_400_000, hours * 60 + minutes];
      quarters.set(quarter, shown);
    }
    return [shown[0], shown[1] + Math.floor((time - quarter * 15 * minuteMs) / minuteMs)];
  };
};

const reached = ([day, minutes]: readonly [number, number], wantedDay: number, wanted: number): boolean =>
  day > wantedDay || (day === wantedDay && minutes >= wanted);

/**
 * The minutes between two instants at which a window is open, by looking at the clock each minute: each date on which it
 * begins opens it when the clock first shows `from` or later, and closes it when it first shows `to` or later.
 */
export const walk = (window: Window, from: number, to: number, wall: Wall): readonly boolean[] => {
  const times = Array.from({ length: (to - from) / minuteMs }, (_, minute) => from + minute * minuteMs);
  const open = times.map(() => false);
  const [firstDay] = wall(from);
  const [lastDay] = wall(to);
  const crosses = window.to <= window.from;
  for (let day = firstDay - 1; day <= lastDay; day += 1) {
    if (!beginsOn(window, day)) continue;
    const begins = times.findIndex((time) => reached(wall(time), day, window.from));
    const ends = times.findIndex((time) => reached(wall(time), crosses ? day + 1 : day, window.to));
    if (begins >= 0) open.fill(true, begins, ends < 0 ? open.length : Math.max(begins, ends));
  }
  return open;
};
