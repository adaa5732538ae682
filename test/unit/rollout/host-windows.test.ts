import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/model/host.ts';
import { parseWindows } from '../../../src/model/parse-window.ts';
import { hostWindows, timetables } from '../../../src/rollout/index.ts';

const host = (maintenance_window?: Value) => ({
  name: 'hv01',
  vars: maintenance_window === undefined ? {} : { maintenance_window },
});
const tuesday = parseWindows(['tue 01:00-05:00 Europe/Paris'], 'test').map(({ window }) => window);

describe('the window that an inventory says for a host', () => {
  it.each<[string, Value]>([
    ['a line', 'tue 01:00-05:00 Europe/Paris'],
    ['a record', { days: 'tue', from: '01:00', to: '05:00', zone: 'Europe/Paris' }],
    ['a record with a list of days', { days: ['tue'], from: '1:00', to: '05:00', zone: 'Europe/Paris' }],
    ['a list of one', [{ days: ['tue'], from: '01:00', to: '05:00', zone: 'Europe/Paris' }]],
  ])('may be %s', (_, value) => {
    expect(hostWindows(host(value))).toEqual(tuesday);
  });

  it.each<[string, Value]>([
    ['a list', ['tue 01:00-05:00 Europe/Paris', 'sun 02:00-06:00 UTC']],
    ['a line with ; between', 'tue 01:00-05:00 Europe/Paris; sun 02:00-06:00 UTC'],
  ])('may be several: %s', (_, value) => {
    expect(hostWindows(host(value))?.map(({ zone }) => zone)).toEqual(['Europe/Paris', 'UTC']);
  });

  it('may be a day of the month, and dates on which it is closed', () => {
    const value = { days: [15, 'last'], from: '22:00', to: '04:00', zone: 'UTC', except: '2026-12-31' };
    expect(hostWindows(host(value))?.[0]).toMatchObject({
      days: [
        { is: 'month-day', day: 15 },
        { is: 'month-day', day: -1 },
      ],
      except: [{}],
    });
  });

  it.each<[string, Value | undefined]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
  ])('may be none: %s', (_, value) => {
    expect(hostWindows(host(value))).toBeNull();
  });

  it.each<[string, Value, RegExp]>([
    ['a time without quotes, which YAML makes a number', { from: 60, to: '05:00', zone: 'UTC' }, /from must be a text/],
    ['no zone', { from: '01:00', to: '05:00' }, /zone must be a text/],
    ['a word that it does not have', { form: '01:00', to: '05:00', zone: 'UTC' }, /a window has no "form"/],
    ['a number', 5, /it is no window/],
    ['a day that is none', { days: [true], from: '01:00', to: '05:00', zone: 'UTC' }, /true is no day/],
  ])('is refused, with the host, when it is %s', (_, value, message) => {
    expect(() => hostWindows(host(value))).toThrow(message);
    expect(() => hostWindows(host(value))).toThrow(/^hv01: maintenance_window/);
  });

  it('holds together with that of the play; hosts with the same share one timetable', () => {
    const play = parseWindows(['daily 03:00-23:00 Europe/Paris'], 'test').map(({ window }) => window);
    const tables = timetables(play, []);
    const table = tables(host('tue 01:00-05:00 Europe/Paris'));
    expect(table.openUntil(Date.UTC(2026, 0, 13, 1))).toBeNull();
    expect(table.openUntil(Date.UTC(2026, 0, 13, 2, 30))).toBe(Date.UTC(2026, 0, 13, 4));
    expect(tables({ ...host('tue 01:00-05:00 Europe/Paris'), name: 'hv02' })).toBe(table);
  });
});
