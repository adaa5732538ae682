import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOf } from '../../../src/model/dates.ts';
import { parseWindow, type WindowInput } from '../../../src/model/parse-window.ts';
import type { Window } from '../../../src/model/window.ts';
import { timetable } from '../../../src/rollout/index.ts';
import { beginsOn, openingsOf } from '../../../src/rollout/window.ts';
import { offsetIn } from '../../../src/rollout/zone.ts';
import { walk, wallOf } from './support/minute-walker.ts';

const at = (iso: string): number => Date.parse(iso);
const window = (input: WindowInput): Window => parseWindow(input, 'test').window;
const openAt = (inputs: readonly WindowInput[], iso: string): boolean =>
  timetable({ windows: [inputs.map(window)], frozen: [] }).openUntil(at(iso)) !== null;

describe('a window', () => {
  const friday = 'fri 22:00-04:00 UTC';
  it.each<[string, WindowInput, string, boolean]>([
    ['of a Friday night is open on Friday evening', friday, '2026-01-16T22:00:00Z', true],
    ['of a Friday night is open on Saturday at 02:00', friday, '2026-01-17T02:00:00Z', true],
    ['of a Friday night is closed on Friday at 02:00', friday, '2026-01-16T02:00:00Z', false],
    ['is closed at the very minute it ends', friday, '2026-01-17T04:00:00Z', false],
    ['without days is open every day', '01:00-05:00 UTC', '2026-01-20T03:00:00Z', true],
    ['may be a whole day', 'sat 00:00-24:00 UTC', '2026-01-17T23:59:00Z', true],
    ['from 05:00 to 05:00 lasts a day', 'sat 05:00-05:00 UTC', '2026-01-18T04:59:00Z', true],
    ['of weekdays reaches over the end of the week', 'fri-mon 01:00-02:00 UTC', '2026-01-18T01:00:00Z', true],
    ['of weekdays leaves the others out', 'fri-mon 01:00-02:00 UTC', '2026-01-20T01:00:00Z', false],
    ['of the first Tuesday is open on the 6th', 'first tue 01:00-02:00 UTC', '2026-01-06T01:00:00Z', true],
    ['of the first Tuesday is closed on the 13th', 'first tue 01:00-02:00 UTC', '2026-01-13T01:00:00Z', false],
    ['of the last Sunday is open on the 25th', 'last sun 01:00-02:00 UTC', '2026-01-25T01:00:00Z', true],
    ['of the fifth Thursday is open on the 29th', 'fifth thu 01:00-02:00 UTC', '2026-01-29T01:00:00Z', true],
    ['of the 15th is open on it', '15 01:00-02:00 UTC', '2026-01-15T01:30:00Z', true],
    ['of the last day of the month knows February', 'last 01:00-02:00 UTC', '2026-02-28T01:30:00Z', true],
    ['of the 31st has no day in February', '31 01:00-02:00 UTC', '2026-02-28T01:30:00Z', false],
    ['of dates is open on each of them', '2026-02-01..2026-02-03 01:00-02:00 UTC', '2026-02-03T01:30:00Z', true],
    ['of dates is closed after them', '2026-02-01..2026-02-03 01:00-02:00 UTC', '2026-02-04T01:30:00Z', false],
    ['is told in its own zone', 'tue 01:00-05:00 Asia/Tokyo', '2026-01-19T16:30:00Z', true],
  ])('%s', (_, input, time, open) => {
    expect(openAt([input], time)).toBe(open);
  });

  const except = { days: ['daily'], from: '22:00', to: '04:00', zone: 'UTC', except: ['2026-12-24'] };
  it.each<[string, string, boolean]>([
    ['the night before it ends at midnight', '2026-12-23T23:59:00Z', true],
    ['nothing is open on it', '2026-12-24T00:00:00Z', false],
    ['nor in the evening', '2026-12-24T23:00:00Z', false],
    ['the window that would have begun on it stays closed after midnight', '2026-12-25T02:00:00Z', false],
    ['the next night is open', '2026-12-25T22:00:00Z', true],
  ])('with a blackout date: %s', (_, time, open) => {
    expect(openAt([except], time)).toBe(open);
  });
});

describe('windows together', () => {
  const weekend = ['sat 00:00-24:00 UTC', 'sun 00:00-24:00 UTC'].map(window);
  const nights = [window('daily 22:00-04:00 UTC')];
  const until = (windows: readonly (readonly Window[])[], time: string, ...frozen: readonly [number, number][]) => {
    const dates = frozen.map(([first, last]) => ({ first, last }));
    const end = timetable({ windows, frozen: [{ zone: 'UTC', dates }] }).openUntil(at(time));
    return end === null || end === Number.POSITIVE_INFINITY ? end : new Date(end).toISOString();
  };

  it('are open when one of them is, and one that follows on another makes it longer', () => {
    expect(until([weekend], '2026-01-17T10:00:00Z')).toBe('2026-01-19T00:00:00.000Z');
  });

  it('of a play and of a host must both be open', () => {
    expect(until([weekend, nights], '2026-01-17T10:00:00Z')).toBeNull();
    expect(until([weekend, nights], '2026-01-18T23:00:00Z')).toBe('2026-01-19T00:00:00.000Z');
  });

  it('end where a frozen date begins', () => {
    const day = dayOf(2026, 1, 18);
    expect(until([weekend], '2026-01-17T10:00:00Z', [day, day])).toBe('2026-01-18T00:00:00.000Z');
    expect(until([weekend], '2026-01-18T10:00:00Z', [day, day])).toBeNull();
  });

  it('that are none are always open, but for frozen dates', () => {
    expect(until([], '2026-01-17T10:00:00Z')).toBe(Number.POSITIVE_INFINITY);
    const day = dayOf(2026, 1, 18);
    expect(until([], '2026-01-17T10:00:00Z', [day, day])).toBe('2026-01-18T00:00:00.000Z');
  });

  it.each<[string, WindowInput, string, number, string | null]>([
    ['now, when it is open for long enough', '01:00-05:00 UTC', '2026-01-13T01:00:00Z', 60, '2026-01-13T01:00:00Z'],
    [
      'tomorrow, when too little is left of today',
      '01:00-05:00 UTC',
      '2026-01-13T04:30:00Z',
      60,
      '2026-01-14T01:00:00Z',
    ],
    [
      'in a year, when it is a yearly date',
      '2027-01-04 01:00-05:00 UTC',
      '2026-01-13T01:00:00Z',
      60,
      '2027-01-04T01:00:00Z',
    ],
    ['never, when no window is long enough', '01:00-05:00 UTC', '2026-01-13T01:00:00Z', 300, null],
    ['never again, when its dates are over', '2025-01-04 01:00-05:00 UTC', '2026-01-13T01:00:00Z', 1, null],
  ])('open %s', (_, input, time, minutes, expected) => {
    const opens = timetable({ windows: [[window(input)]], frozen: [] }).opensAt(at(time), minutes * 60_000);
    expect(opens).toBe(expected === null ? null : at(expected));
  });
});

describe('a window that is not one', () => {
  it.each<[string, WindowInput, string, RegExp]>([
    ['words', 'whenever', 'input.window', /"whenever" is no window/],
    ['two that are not parted', 'tue 01:00-05:00 UTC wed 01:00-05:00 UTC', 'input.window', /says no day|is no window/],
    ['no zone', 'tue 01:00-05:00', 'input.window', /is no window/],
    ['a zone that there is not', 'tue 01:00-05:00 Europe/Atlantis', 'input.zone', /"Europe\/Atlantis" is no time zone/],
    ['a day that there is not', 'someday 01:00-05:00 UTC', 'input.window', /"someday" says no day/],
    ['a sixth Tuesday', 'sixth tue 01:00-05:00 UTC', 'input.window', /"sixth tue" says no day/],
    ['the 32nd', '32 01:00-05:00 UTC', 'input.window', /"32" says no day/],
    ['a date that there is not', '2026-02-30 01:00-05:00 UTC', 'input.window', /"2026-02-30" says no day/],
    ['dates backwards', '2026-02-03..2026-02-01 01:00-05:00 UTC', 'input.window', /says no day/],
    ['a time past the day', 'tue 25:00-26:00 UTC', 'input.window', /"25:00" is no time of day/],
    ['minutes past the hour', 'tue 01:60-02:00 UTC', 'input.window', /"01:60" is no time of day/],
    [
      'a blackout that is no date',
      { from: '1:00', to: '2:00', zone: 'UTC', except: ['xmas'] },
      'input.dates',
      /"xmas" is no date/,
    ],
  ])('%s is refused with the place and what to write', (_, input, code, message) => {
    const parse = () => parseWindow(input, 'hv01: maintenance_window');
    expect(parse).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    expect(parse).toThrow(/^hv01: maintenance_window: /);
  });
});

/** Changes of the clock by an hour and by half an hour, at night and at midnight, north and south, and none. */
const zones = [
  'Europe/Paris',
  'Europe/London',
  'America/New_York',
  'America/Santiago',
  'America/Havana',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Pacific/Chatham',
  'Asia/Kathmandu',
  'UTC',
];
const years = [2024, 2025, 2026, 2027, 2028, 2029, 2030, 2031, 2032];
const dayMs = 86_400_000;

/** The midnights, in UTC, before which and after which a zone's clocks differ. */
const changesIn = (zone: string): readonly number[] => {
  const offset = offsetIn(zone);
  const days = Array.from({ length: 9 * 366 }, (_, day) => Date.UTC(2024, 0, 1) + day * dayMs);
  return days.filter((day) => offset(day) !== offset(day + dayMs));
};

const anyWindow = (zone: string): fc.Arbitrary<Window> =>
  fc.record({
    zone: fc.constant(zone),
    from: fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.constantFrom(0, 60, 90, 120, 150, 180, 1380, 1410)),
    to: fc.oneof(fc.integer({ min: 0, max: 1440 }), fc.constantFrom(0, 60, 90, 120, 150, 180, 1440)),
    days: fc
      .subarray([0, 1, 2, 3, 4, 5, 6])
      .map((days) => days.map((weekday) => ({ is: 'weekday' as const, weekday }))),
    except: fc.constant([]),
  });

const agrees = (candidate: Window, night: number, wall: ReturnType<typeof wallOf>): void => {
  const [from, to] = [night - 2 * dayMs, night + 3 * dayMs];
  const seen = walk(candidate, from, to, wall);
  const openings = openingsOf(candidate, { from, to });
  for (const [minute, expected] of seen.entries()) {
    const time = from + minute * 60_000;
    const open = openings.some((opening) => opening.from <= time && time < opening.to);
    if (open !== expected) {
      throw new Error(
        `${JSON.stringify(candidate)} at ${new Date(time).toISOString()}: ${open}, a clock says ${expected}`,
      );
    }
  }
};

describe('on nights when clocks change', () => {
  it.each(zones)(
    'a window of %s is open just when a clock on its wall says so',
    (zone) => {
      const wall = wallOf(zone);
      const nights = [...changesIn(zone), ...years.map((year) => Date.UTC(year, 5, 11))];
      const runs = Math.ceil(60 / nights.length) + 2;
      nights.forEach((night, seed) => {
        fc.assert(
          fc.property(anyWindow(zone), (candidate) => agrees(candidate, night, wall)),
          { seed, numRuns: runs },
        );
      });
    },
    120_000,
  );

  it('sees every change that these zones have', () => {
    expect(changesIn('Europe/Paris')).toHaveLength(18);
    expect(changesIn('Australia/Lord_Howe')).toHaveLength(18);
    expect(changesIn('Asia/Kathmandu')).toHaveLength(0);
  });

  it.each<[string, string, string]>([
    ['in spring it is an hour shorter', '2026-03-29', 'PT3H'],
    ['in autumn it is an hour longer', '2026-10-25', 'PT5H'],
    ['otherwise it is as long as it looks', '2026-06-14', 'PT4H'],
  ])('from 01:00 to 05:00 in Paris %s', (_, date, length) => {
    const night = { from: at(`${date}T00:00:00Z`) - dayMs, to: at(`${date}T12:00:00Z`) };
    const last = openingsOf(window('01:00-05:00 Europe/Paris'), night).findLast(({ to }) => to < night.to);
    expect(`PT${((last?.to ?? 0) - (last?.from ?? 0)) / 3_600_000}H`).toBe(length);
  });

  it('a weekday is one of its own zone', () => {
    expect(beginsOn(window('tue 01:00-05:00 Europe/Paris'), dayOf(2026, 1, 13))).toBe(true);
  });
});
