/** A moment as people of a zone agree on it: `Tue 1 Dec 2026, 01:00 Europe/Paris`. */
export const formatMoment = (time: number, zone: string): string => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return `${format.format(time).replace(',', '')} ${zone}`;
};
