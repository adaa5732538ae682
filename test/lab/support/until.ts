import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until it is so. Rejects after `limitMs`. */
export const until = async (what: string, limitMs: number, check: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
    await sleep(500);
  }
};
