import { setTimeout as sleep } from 'node:timers/promises';
import { FleetError } from '../model/error.ts';

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
    await sleep(wait.everyMs ?? 100, undefined, wait.signal === undefined ? {} : { signal: wait.signal });
  }
  const words = (await wait.lastWords?.()) ?? '';
  throw new FleetError({
    code: 'lab.timeout',
    message: `waited ${wait.limitMs / 1000} s for ${wait.what}${words === '' ? '' : `; last was said:\n${words}`}`,
    remedy: wait.remedy ?? 'ovsfleet lab status',
  });
};
