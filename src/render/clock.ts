/** Writes times of one time zone as `01:00:07`. */
export const clockIn = (zone: string): ((time: number) => string) => {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' });
  return (time) => format.format(time);
};

/** Writes moments of one time zone as people agree on them, `Tue 1 Dec 01:00`; on the day of `from` as `01:00`. */
export const momentIn = (zone: string, from: number): ((time: number) => string) => {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' });
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  const words = (time: number): string => day.format(time).replace(',', '');
  return (time) =>
    words(time) === words(from) && Math.abs(time - from) < 86_400_000
      ? clock.format(time)
      : `${words(time)} ${clock.format(time)}`;
};
