/** A fixed number of places, given out in order of arrival. */
export interface Slots {
  /** Resolves with the function that gives the place back; rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export const slots = (count: number): Slots => {
  const waiting = new Set<() => void>();
  let free = count;

  const occupy = (): (() => void) => {
    let held = true;
    free -= 1;
    return () => {
      if (!held) {
        return;
      }
      held = false;
      free += 1;
      const [admitNext] = waiting;
      admitNext?.();
    };
  };

  return {
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
        } else if (free > 0) {
          admit();
        } else {
          waiting.add(admit);
          signal?.addEventListener('abort', refuse, { once: true });
        }
      }),
  };
};
