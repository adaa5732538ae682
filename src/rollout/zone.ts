import type { DayNumber, WallMinutes } from '../model/window.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * How far a zone's clocks are ahead of UTC at an instant, in milliseconds. By Intl, whose zones are those of the
 * installed ICU; a library would ask the same of it. Offsets are whole quarters of an hour since 1972, everywhere.
 */
export type ZoneOffset = (time: number) => number;

const known = new Map<string, ZoneOffset>();

export const offsetIn = (zone: string): ZoneOffset => {
  const found = known.get(zone) ?? makeOffset(zone);
  known.set(zone, found);
  return found;
};

const makeOffset = (zone: string): ZoneOffset => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (time) => {
    const floor = Math.floor(time / minuteMs) * minuteMs;
    const [month = 1, day = 1, year = 1970, hour = 0, minute = 0] = (format.format(floor).match(/\d+/g) ?? []).map(
      Number,
    );
    return Date.UTC(year, month - 1, day, hour, minute) - floor;
  };
};

/** The date that a zone's clocks show. */
export const dayAt = (time: number, zone: string): DayNumber => Math.floor((time + offsetIn(zone)(time)) / dayMs);

/** The first instant, to the minute, between two whose offsets differ, at which the later one holds. */
const changeBetween = (before: number, after: number, offset: ZoneOffset): number => {
  const earlier = offset(before);
  let low = Math.floor(before / minuteMs);
  let high = Math.ceil(after / minuteMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(middle * minuteMs) === earlier) low = middle;
    else high = middle;
  }
  return high * minuteMs;
};

/**
 * The first instant at which a zone's clocks show that date and time, or a later one. So a time that a spring night leaves
 * out is the moment of the change, and of one that an autumn night has twice it is the first. No zone of our days changes
 * its clocks twice within two days.
 */
export const instantOf = (day: DayNumber, minutes: WallMinutes, zone: string): number => {
  const offset = offsetIn(zone);
  const wall = day * dayMs + minutes * minuteMs;
  const [before, after] = [offset(wall - dayMs), offset(wall + dayMs)];
  if (before === after) return wall - before;
  const change = changeBetween(wall - dayMs, wall + dayMs, offset);
  return wall - before < change ? wall - before : Math.max(change, wall - after);
};
