import { once } from 'node:events';
import { createServer } from 'node:net';
import { FleetError } from '../model/error.ts';
import { hasCode } from './errno.ts';
import type { Log } from './log.ts';
import { pause } from './wait.ts';

export interface LockOptions {
  readonly limitMs: number;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

const tryLock = async (name: string): Promise<(() => Promise<void>) | undefined> => {
  // An abstract socket (unix(7)): exclusive, and the kernel lets go of it when the process dies, so no lock is ever stale.
  const server = createServer();
  server.unref();
  try {
    server.listen(`\0ovsfleet-lab/${name}`);
    await once(server, 'listening');
  } catch (error) {
    if (hasCode(error, 'EADDRINUSE')) return undefined;
    throw error;
  }
  return async () => {
    server.close();
    await once(server, 'close');
  };
};

/** Runs `body` under the lock of that name, or not at all when another process holds it. */
export const withLockIfFree = async (name: string, body: () => Promise<void>): Promise<void> => {
  const release = await tryLock(name);
  if (release === undefined) return;
  try {
    await body();
  } finally {
    await release();
  }
};

/** Runs `body` while no other process of this machine holds the lock of that name. Rejects with `lab.locked` after `limitMs`. */
export const withLock = async <T>(name: string, options: LockOptions, body: () => Promise<T>): Promise<T> => {
  const end = Date.now() + options.limitMs;
  let said = false;
  for (;;) {
    const release = await tryLock(name);
    if (release !== undefined) {
      try {
        return await body();
      } finally {
        await release();
      }
    }
    if (!said) options.log(`${name}: another process is at it; waiting`);
    said = true;
    if (Date.now() > end) break;
    await pause(250, options.signal);
  }
  throw new FleetError({
    code: 'lab.locked',
    message: `${name} was kept busy by another process for ${options.limitMs / 1000} s`,
    remedy: 'ovsfleet lab list',
  });
};
