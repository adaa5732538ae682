import type { Clock } from '../model/ports.ts';

/** No attempt of ours lasts longer: a connection is given up after half a minute. */
const longestLookMs = 60_000;

/** Something that is waited for, for so long and no longer. */
export interface Patience {
  /** Whether the time is over; asked after every attempt. */
  readonly over: () => boolean;
}

/**
 * Patience of so many milliseconds, by a clock that may be set meanwhile, and that runs on while a laptop sleeps: what
 * passes between two looks counts for a minute at most, and for nothing when it is negative.
 */
export const patience = (ms: number, clock: Clock): Patience => {
  let spentMs = 0;
  let last = clock.now();
  return {
    over: () => {
      const now = clock.now();
      spentMs += Math.min(Math.max(now - last, 0), longestLookMs);
      last = now;
      return spentMs >= ms;
    },
  };
};
