const units = ['B', 'KiB', 'MiB', 'GiB'] as const;

/** Bytes as people read them: `4.0 MiB`. */
export const formatBytes = (bytes: number): string => {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${units[unit]}`;
};
