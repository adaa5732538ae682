/** Time that goes on when it is told to, and calls back what is due on its way. */
export interface FakeTime {
  readonly now: () => number;
  readonly schedule: (ms: number, callback: () => void) => () => void;
  readonly goTo: (time: number) => void;
}

export const createTime = (start: number): FakeTime => {
  let now = start;
  let waiting: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    schedule: (ms, callback) => {
      const entry = { at: now + ms, callback };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    goTo: (time) => {
      for (;;) {
        const [next] = waiting.toSorted((a, b) => a.at - b.at);
        if (next === undefined || next.at > time) break;
        waiting = waiting.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.callback();
      }
      now = Math.max(now, time);
    },
  };
};
