import { setTimeout as sleep } from 'node:timers/promises';
import { FleetError } from '../model/error.ts';

/** Sleeps; rejects with the signal's own reason when it is aborted. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
};

export interface Wait {
  /** Completes the sentence "waited 30 s for …". */
  readonly what: string;
  readonly limitMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Says why it did not come: the last console lines, for instance. */
  readonly lastWords?: () => Promise<string>;
  readonly remedy?: string;
}

/** Polls `check` until it holds. Rejects with `lab.timeout` when `limitMs` have passed, or with the signal's reason. */
export const until = async (wait: Wait, check: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + wait.limitMs;
  for (;;) {
    wait.signal?.throwIfAborted();
    if (await check()) return;
    if (Date.now() >= end) break;
    await pause(wait.everyMs ?? 100, wait.signal);
  }
  const words = (await wait.lastWords?.()) ?? '';
  throw new FleetError({
    code: 'lab.timeout',
    message: `waited ${wait.limitMs / 1000} s for ${wait.what}${words === '' ? '' : `; last was said:\n${words}`}`,
    remedy: wait.remedy ?? 'ovsfleet lab list',
  });
};
