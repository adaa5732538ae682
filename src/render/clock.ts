/** Writes times of one time zone as `01:00:07`. */
export const clockIn = (zone: string): ((time: number) => string) => {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'medium' });
  return (time) => format.format(time);
};
