/** Places, given out in order of arrival. */
export interface Slots {
  /** Resolves with the function that gives the place back; rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<() => void>;
  /** So many places from now on; nobody loses the one that he has. */
  resize(count: number): void;
}

export const slots = (count: number): Slots => {
  const waiting = new Set<() => void>();
  let size = count;
  let taken = 0;

  const admitWaiting = (): void => {
    for (const admit of waiting) {
      if (taken >= size) return;
      admit();
    }
  };

  const occupy = (): (() => void) => {
    let held = true;
    taken += 1;
    return () => {
      if (!held) {
        return;
      }
      held = false;
      taken -= 1;
      admitWaiting();
    };
  };

  return {
    resize: (places) => {
      size = places;
      admitWaiting();
    },
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
