import type { DateSpan, DayNumber, DayRule, Freeze, Window } from '../model/window.ts';
import { cut, type Interval, merged } from './interval.ts';
import { dayAt, instantOf } from './zone.ts';

const weekdayOf = (day: DayNumber): number => (((day + 4) % 7) + 7) % 7;

/** Day of the month from 1, and how many that month has. */
const inMonth = (day: DayNumber): { readonly date: number; readonly length: number } => {
  const at = new Date(day * 86_400_000);
  return {
    date: at.getUTCDate(),
    length: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate(),
  };
};

const within = (day: DayNumber, { first, last }: DateSpan): boolean => first <= day && day <= last;

const fits = (rule: DayRule, day: DayNumber): boolean => {
  switch (rule.is) {
    case 'weekday':
      return weekdayOf(day) === rule.weekday;
    case 'nth-weekday': {
      if (weekdayOf(day) !== rule.weekday) return false;
      const { date, length } = inMonth(day);
      return rule.nth === -1 ? date > length - 7 : Math.ceil(date / 7) === rule.nth;
    }
    case 'month-day': {
      const { date, length } = inMonth(day);
      return date === (rule.day === -1 ? length : rule.day);
    }
    case 'dates':
      return within(day, rule.span);
  }
};

/** Whether a window begins on a date. */
export const beginsOn = ({ days, except }: Window, day: DayNumber): boolean =>
  (days.length === 0 || days.some((rule) => fits(rule, day))) && !except.some((span) => within(day, span));

const spanIn = ({ first, last }: DateSpan, zone: string): Interval => ({
  from: instantOf(first, 0, zone),
  to: instantOf(last + 1, 0, zone),
});

/** When it is open between two instants: in order, none touching the next. */
export const openingsOf = (window: Window, between: Interval): readonly Interval[] => {
  const { from, to, zone, except } = window;
  const first = dayAt(between.from, zone) - 2;
  const last = dayAt(between.to, zone) + 1;
  const found: Interval[] = [];
  for (let day = first; day <= last; day += 1) {
    if (!beginsOn(window, day)) continue;
    found.push({ from: instantOf(day, from, zone), to: instantOf(to > from ? day : day + 1, to, zone) });
  }
  return cut(
    merged(found),
    except.map((span) => spanIn(span, zone)),
  );
};

export const frozenSpans = (freezes: readonly Freeze[]): readonly Interval[] =>
  freezes.flatMap(({ zone, dates }) => dates.map((span) => spanIn(span, zone)));
