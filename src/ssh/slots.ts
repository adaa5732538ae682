/** Places, given out in order of arrival. */
export interface Slots {
  /** Whether a place can be had at once. */
  readonly free: () => boolean;
  readonly taken: () => number;
  /** One more was asked for than there are: from now on, no more places than are taken besides it, and one at least. */
  readonly narrow: () => void;
  /** Whether fewer places were found than was thought. */
  readonly narrowed: () => boolean;
  /** Resolves with the function that gives the place back; rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export const slots = (count: number): Slots => {
  const waiting = new Set<() => void>();
  let size = count;
  let taken = 0;

  const occupy = (): (() => void) => {
    let held = true;
    taken += 1;
    return () => {
      if (!held) {
        return;
      }
      held = false;
      taken -= 1;
      const [admitNext] = waiting;
      if (taken < size) admitNext?.();
    };
  };

  return {
    free: () => taken < size,
    taken: () => taken,
    narrow: () => {
      size = Math.max(1, Math.min(size, taken - 1));
    },
    narrowed: () => size < count,
    take: (signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(admit);
          signal?.removeEventListener('abort', refuse);
        };
        const admit = (): void => {
          leave();
          resolve(occupy());
        };
        const refuse = (): void => {
          leave();
          reject(signal?.reason);
        };
        if (signal?.aborted) {
          refuse();
        } else if (taken < size) {
          admit();
        } else {
          waiting.add(admit);
          signal?.addEventListener('abort', refuse, { once: true });
        }
      }),
  };
};
