/** A fixed number of places, given out in order of arrival. */
export interface Slots {
  /** Resolves with the function that gives the place back; rejects with the signal's reason, or that of `closeAll`. */
  take(signal?: AbortSignal): Promise<() => void>;
  /** Turns away all who wait, and all who come later. */
  closeAll(reason: Error): void;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
}

export const slots = (count: number): Slots => {
  const waiting = new Set<Waiter>();
  let free = count;
  let closed: Error | undefined;

  const giveBack = (): (() => void) => {
    let held = true;
    return () => {
      if (!held) {
        return;
      }
      held = false;
      free += 1;
      const [next] = waiting;
      next?.admit();
    };
  };

  return {
    take: (signal) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(waiter);
          signal?.removeEventListener('abort', abort);
        };
        const waiter: Waiter = {
          admit: () => {
            leave();
            free -= 1;
            resolve(giveBack());
          },
          refuse: (reason) => {
            leave();
            reject(reason);
          },
        };
        const abort = (): void => waiter.refuse(signal?.reason);
        if (signal?.aborted) {
          waiter.refuse(signal.reason);
        } else if (closed !== undefined) {
          waiter.refuse(closed);
        } else if (free > 0) {
          waiter.admit();
        } else {
          waiting.add(waiter);
          signal?.addEventListener('abort', abort, { once: true });
        }
      }),
    closeAll: (reason) => {
      closed = reason;
      for (const waiter of [...waiting]) {
        waiter.refuse(reason);
      }
    },
  };
};
