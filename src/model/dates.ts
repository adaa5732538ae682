import { FleetError } from './error.ts';
import type { DateSpan, DayNumber } from './window.ts';

const dayMs = 86_400_000;
const iso = /^(\d{4})-(\d{2})-(\d{2})$/;

export const dayOf = (year: number, month: number, day: number): DayNumber => Date.UTC(year, month - 1, day) / dayMs;

/** `2026-12-24` */
export const formatDay = (day: DayNumber): string => new Date(day * dayMs).toISOString().slice(0, 10);

const parseDay = (text: string): DayNumber | null => {
  const [, year, month, day] = iso.exec(text) ?? [];
  if (year === undefined) return null;
  const number = dayOf(Number(year), Number(month), Number(day));
  // Date.UTC takes the 31st of February for a day in March.
  return formatDay(number) === text ? number : null;
};

/** `2026-12-24`, or `2026-12-24..2027-01-02` with both ends; `null` when it is neither. */
export const parseDates = (text: string): DateSpan | null => {
  const [from = '', to = from, ...more] = text.split('..').map((part) => part.trim());
  const [first, last] = [parseDay(from), parseDay(to)];
  if (first === null || last === null || last < first || more.length > 0) return null;
  return { first, last };
};

/** The same for a list. @throws FleetError `input.dates` naming `what` and the one that is wrong */
export const parseDateList = (texts: readonly string[], what: string): readonly DateSpan[] =>
  texts.map((text) => {
    const span = parseDates(text);
    if (span !== null) return span;
    throw new FleetError({
      code: 'input.dates',
      message: `${what}: "${text}" is no date.`,
      remedy: 'Write a date such as 2026-12-24, or several such as 2026-12-24..2027-01-02.',
    });
  });
