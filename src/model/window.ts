/** Minutes since midnight, as a clock on the wall shows it; 1440 is the midnight that ends the day. */
export type WallMinutes = number;

/** Days since 1 January 1970, as a calendar counts them: a date without a time or a zone. */
export type DayNumber = number;

/** Both ends belong to it. */
export interface DateSpan {
  readonly first: DayNumber;
  readonly last: DayNumber;
}

/** Which dates a window begins on. Weekdays count from 0, a Sunday. */
export type DayRule =
  | { readonly is: 'weekday'; readonly weekday: number }
  /** `nth` counts from 1; -1 is the last of its month. */
  | { readonly is: 'nth-weekday'; readonly nth: number; readonly weekday: number }
  /** -1 is the last day of its month. A month that is too short has none. */
  | { readonly is: 'month-day'; readonly day: number }
  | { readonly is: 'dates'; readonly span: DateSpan };

/** A stretch of the night, again and again. Its day is that on which it *begins*. */
export interface Window {
  /** A date is meant when one of them fits; every date when there are none. */
  readonly days: readonly DayRule[];
  readonly from: WallMinutes;
  /** Not after `from` means: on the next day. */
  readonly to: WallMinutes;
  /** IANA name of a time zone. */
  readonly zone: string;
  /** Dates on which it does not begin, and which it does not reach into. */
  readonly except: readonly DateSpan[];
}

/** Dates on which nothing may be changed, whatever windows say. */
export interface Freeze {
  readonly zone: string;
  readonly dates: readonly DateSpan[];
}

/** When something may be done: in one window of each set, and on no frozen date. Always, when both are empty. */
export interface Calendar {
  readonly windows: readonly (readonly Window[])[];
  readonly frozen: readonly Freeze[];
}
