import { FleetError } from './error.ts';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Whole milliseconds of `500ms`, `90s`, `10m`, `2h` or sums such as `1m30s`. `what` names the value in the error. */
export const parseDuration = (text: string, what: string): number => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) {
    throw new FleetError({
      code: 'input.duration',
      message: `${what}: "${text}" is not a duration.`,
      remedy: 'Write a number and a unit: 500ms, 90s, 10m, 2h or 1m30s.',
    });
  }
  return Math.round(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0));
};

/** Rounded before it is cut into units, lest 59.99 seconds become `60s`. */
const rounded = (ms: number): number => {
  const whole = Math.round(ms);
  const tenths = Math.round(whole / 100) * 100;
  if (whole < 1000) return whole;
  return tenths < 60_000 ? tenths : Math.round(whole / 1000) * 1000;
};

/** A duration as people read it, `1m30s`: milliseconds below a second, tenths of seconds below a minute. */
export const formatDuration = (ms: number): string => {
  const near = rounded(ms);
  if (near < 1000) return `${near}ms`;
  if (near < 60_000) return `${near / 1000}s`;
  const whole = near / 1000;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const seconds = whole % 60;
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${seconds > 0 ? `${seconds}s` : ''}`;
};
