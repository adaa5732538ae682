/** Crockford's base 32 in lower case: no i, l, o, u, so that ids can be read aloud. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const suffixLength = 4;

/**
 * The id of a run: its start in UTC, so that ids sort by time, and a suffix for runs of the same second:
 * `20260112-120103-k3f9`.
 * @param time milliseconds since the epoch
 * @param random gives numbers in [0, 1)
 */
export const runId = (time: number, random: () => number): string => {
  const [day = '', clock = ''] = new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  const suffix = Array.from({ length: suffixLength }, () => alphabet.charAt(Math.floor(random() * alphabet.length)));
  return `${day}-${clock}-${suffix.join('')}`;
};

export const isRunId = (name: string): boolean => /^\d{8}-\d{6}-[0-9a-z]{4}$/.test(name);
