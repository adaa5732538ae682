import { parseDateList, parseDates } from './dates.ts';
import { parseDuration } from './duration.ts';
import { FleetError } from './error.ts';
import type { DayRule, WallMinutes, Window } from './window.ts';

/** A window as people write it in a playbook or an inventory. */
export interface WindowRecord {
  /**
   * `tue`, `mon-fri`, `first tue`, `last sun`, a day of the month (`15`, `last`), `daily`, a date `2026-12-01` or several
   * `2026-12-01..2026-12-05`. The day is that on which the window begins. Every day unless said.
   */
  readonly days?: readonly (string | number)[];
  /** `22:00` */
  readonly from: string;
  /** `04:00`; a time that is not after `from` is on the next day. */
  readonly to: string;
  /** IANA name, e.g. `Europe/Paris`. */
  readonly zone: string;
  /** Dates on which nothing is done, e.g. `2026-12-24..2027-01-02`. */
  readonly except?: readonly string[];
  /** The time to allow for one host, its undo included; what earlier runs took is measured unless said. */
  readonly perHost?: string;
}

/** The same in one line: `tue,wed 01:00-05:00 Europe/Paris`, `first sat, last sat 22:00-04:00 UTC`; several with `;` between. */
export type WindowInput = string | WindowRecord;

export interface ParsedWindow {
  readonly window: Window;
  readonly perHostMs: number | null;
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const ordinals = new Map([
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['fourth', 4],
  ['fifth', 5],
  ['last', -1],
]);
const line = /^(?:(?<days>.*\S)\s+)?(?<from>\d{1,2}:\d{2})\s*-\s*(?<to>\d{1,2}:\d{2})\s+(?<zone>[A-Za-z][\w+/-]*)$/;

const wrong = (what: string, message: string, remedy: string): FleetError =>
  new FleetError({ code: 'input.window', message: `${what}: ${message}.`, remedy });

const parseTime = (text: string, what: string): WallMinutes => {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const total = Number(hours) * 60 + Number(minutes);
  if (hours !== undefined && Number(minutes) < 60 && total <= 1440) return total;
  throw wrong(what, `"${text}" is no time of day`, 'Write hours and minutes from 00:00 to 24:00, such as 22:00.');
};

/** The zone itself. @throws FleetError `input.zone` when there is none of that name */
export const parseZone = (zone: string, what: string): string => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone === '' ? 'UTC' : zone;
  } catch (error) {
    throw new FleetError(
      {
        code: 'input.zone',
        message: `${what}: "${zone}" is no time zone.`,
        remedy: 'Write an IANA name such as Europe/Paris or UTC; see them with: timedatectl list-timezones',
      },
      error,
    );
  }
};

const weekdayOf = (text: string): number => {
  const word = text.trim().toLowerCase();
  const found = weekdays.findIndex((day) => word.startsWith(day));
  const names = found < 0 ? [] : [weekdays[found], fullNames[found]];
  return names.includes(word) ? found : -1;
};
const fullNames = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const weekdayRule = (weekday: number): DayRule => ({ is: 'weekday', weekday });

/** `mon-fri`, also over the end of the week: `sat-mon`. */
const rangeRules = (text: string): readonly DayRule[] | null => {
  const [first = -1, last = -1, ...more] = text.split('-').map(weekdayOf);
  if (first < 0 || last < 0 || more.length > 0) return null;
  const length = ((last - first + 7) % 7) + 1;
  return Array.from({ length }, (_, step) => weekdayRule((first + step) % 7));
};

const nthRule = (text: string): DayRule | null => {
  const [ordinal = '', day = '', ...more] = text.toLowerCase().split(/\s+/);
  const nth = ordinals.get(ordinal);
  const weekday = weekdayOf(day);
  return nth === undefined || weekday < 0 || more.length > 0 ? null : { is: 'nth-weekday', nth, weekday };
};

const monthDayRule = (text: string): DayRule | null => {
  if (text.toLowerCase() === 'last') return { is: 'month-day', day: -1 };
  const day = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  return day >= 1 && day <= 31 ? { is: 'month-day', day } : null;
};

const rulesOf = (given: string | number, what: string): readonly DayRule[] => {
  const text = String(given).trim();
  if (['daily', 'all', 'every day'].includes(text.toLowerCase())) return rangeRules('sun-sat') ?? [];
  const weekday = weekdayOf(text);
  if (weekday >= 0) return [weekdayRule(weekday)];
  const span = parseDates(text);
  if (span !== null) return [{ is: 'dates', span }];
  const one = nthRule(text) ?? monthDayRule(text);
  const rules = one === null ? rangeRules(text) : [one];
  if (rules !== null) return rules;
  throw wrong(
    what,
    `"${text}" says no day`,
    "Write days such as tue, mon-fri, 'first tue', 'last sun', 15, last, daily, 2026-12-01 or 2026-12-01..2026-12-05.",
  );
};

const recordOf = (input: WindowInput, what: string): WindowRecord => {
  if (typeof input !== 'string') return input;
  const { days, from, to, zone } = line.exec(input.trim())?.groups ?? {};
  if (from === undefined || to === undefined || zone === undefined) {
    throw wrong(what, `"${input}" is no window`, "Write days, times and a zone: 'tue,wed 01:00-05:00 Europe/Paris'.");
  }
  return { from, to, zone, ...(days === undefined ? {} : { days: days.split(',').map((day) => day.trim()) }) };
};

/** Several windows from what people wrote: open when one of them is. @throws FleetError as `parseWindow` does */
export const parseWindows = (inputs: readonly WindowInput[], what: string): readonly ParsedWindow[] =>
  inputs
    .flatMap((input): readonly WindowInput[] =>
      typeof input === 'string' ? input.split(';').map((text) => text.trim()) : [input],
    )
    .filter((input) => input !== '')
    .map((input) => parseWindow(input, what));

/**
 * A window from what people wrote. `what` names the place in errors.
 * @throws FleetError `input.window`, `input.zone`, `input.dates` or `input.duration`
 */
export const parseWindow = (input: WindowInput, what: string): ParsedWindow => {
  const { days = [], from, to, zone, except = [], perHost } = recordOf(input, what);
  const window: Window = {
    days: days.flatMap((day) => rulesOf(day, what)),
    from: parseTime(from, what),
    to: parseTime(to, what),
    zone: parseZone(zone, what),
    except: parseDateList(except, what),
  };
  if (window.from === 1440)
    throw wrong(what, '24:00 ends a day and begins none', 'Write from: 00:00, on the next day.');
  return { window, perHostMs: perHost === undefined ? null : parseDuration(perHost, what) };
};
