import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; rejects with the signal's own reason, which Node's timer would wrap, when it is aborted. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
};
