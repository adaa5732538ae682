import type { Clock } from '../model/ports.ts';

/** A clock that only moves when told. */
export interface FakeClock extends Clock {
  /** Lets time pass; whoever sleeps until then wakes, in order. */
  advance(ms: number): void;
  /** Resolves when somebody sleeps. */
  sleeper(): Promise<void>;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** @param start milliseconds since the epoch */
export const fakeClock = (start = Date.UTC(2026, 0, 13, 1)): FakeClock => {
  let now = start;
  let sleepers: readonly Sleeper[] = [];
  let watchers: (() => void)[] = [];

  const add = (sleeper: Sleeper): void => {
    sleepers = [...sleepers, sleeper];
    for (const tell of watchers.splice(0)) tell();
  };

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const over = (settle: () => void) => (): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener('abort', abort);
          settle();
        };
        const sleeper: Sleeper = { until: now + ms, wake: over(resolve) };
        const abort = over(() => reject(signal?.reason));
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        signal?.addEventListener('abort', abort);
        add(sleeper);
      }),
    advance: (ms) => {
      now += ms;
      const due = sleepers.filter(({ until }) => until <= now).toSorted((a, b) => a.until - b.until);
      for (const { wake } of due) wake();
    },
    sleeper: () =>
      sleepers.length > 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            watchers = [...watchers, resolve];
          }),
  };
};

/**
 * A clock on which every sleep is over at once, and its time has passed.
 * @param nap milliseconds that a sleep really takes at most, where something real is slept for
 */
export const hastyClock = (nap = 0): Clock => {
  let now = Date.UTC(2026, 0, 13, 1);
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      // Not in the same turn: somebody may wait for this sleep in a loop, and others want to run, too.
      await new Promise((resolve) => {
        if (nap === 0) setImmediate(resolve);
        else setTimeout(resolve, Math.min(ms, nap));
      });
    },
  };
};
