import type { Duplex } from 'node:stream';
import { dropped } from './connect-problems.ts';
import { DroppedError } from './dropped-error.ts';
import type { Governor } from './governor.ts';
import { handshake, type LoggedIn, type Login } from './handshake.ts';
import { endpoint } from './naming.ts';
import { pause } from './pause.ts';

/** A server that turns us away when nothing of ours was in its way is given up after so many times. */
const attempts = 4;

export interface Entrance {
  readonly governor: Governor;
  readonly random: () => number;
  /** What carries the connection. Rejects with `ConnectionError`, `DroppedError`, or the signal's reason. */
  readonly dial: () => Promise<Duplex>;
}

/**
 * Dials and logs in. A server that hangs up before the handshake is busy: it is tried again, after a pause that doubles
 * and is spread by chance, with fewer of us at a time. Rejects with `ConnectionError` or the signal's reason.
 */
export const login = async (
  how: Login,
  { governor, random, dial }: Entrance,
): Promise<LoggedIn & { readonly socket: Duplex }> => {
  const { host, timing, signal } = how;
  for (let tries = 1, alone = 0; ; tries += 1) {
    const turn = await governor.enter(endpoint(host), signal);
    try {
      const socket = await dial();
      return { ...(await handshake(how, socket)), socket };
    } catch (error) {
      if (!(error instanceof DroppedError)) throw error;
      if (turn.turnedAway()) alone += 1;
      if (alone === attempts) throw dropped(host, tries, error.cause);
    } finally {
      turn.answered();
    }
    await pause(timing.retry * 2 ** (Math.min(tries, attempts) - 1) * (0.5 + random()), signal);
  }
};
