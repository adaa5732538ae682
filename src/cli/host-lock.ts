import { hostname, userInfo } from 'node:os';
import type { HostLock } from '../execute/index.ts';
import { type Progress, readProgress } from '../journal/index.ts';

/** Runs that a run goes on with, newest first: the one that it was told to resume, the one which that resumed, … */
const chainOf = async (fleet: string, resumed: Progress | null): Promise<readonly string[]> => {
  const chain: string[] = [];
  let earlier = resumed?.run ?? null;
  while (earlier !== null && !chain.includes(earlier)) {
    chain.push(earlier);
    try {
      earlier = (await readProgress(fleet, earlier)).started.resumes;
    } catch {
      // A journal that somebody threw away: the chain is known as far as here.
      break;
    }
  }
  return chain;
};

/** Who sits at this controller. */
export const operator = (): string => `${userInfo().username}@${hostname()}`;

/** In whose name the runs of this fleet directory change hosts. */
const lockOwner = (fleet: string): string => `${operator()}:${fleet}`;

/**
 * How this run takes its hosts.
 * @param fleet the directory of the inventory
 */
export const hostLock = async (
  fleet: string,
  resumed: Progress | null,
  whenTaken: HostLock['whenTaken'],
): Promise<HostLock> => ({ owner: lockOwner(fleet), earlier: await chainOf(fleet, resumed), whenTaken });
