import type { Host } from '../model/host.ts';
import type { Session, SessionOptions, Shell } from '../model/shell.ts';
import { channelRefused } from './link-problems.ts';
import { NoSessionError } from './no-session-error.ts';
import { slots } from './slots.ts';

/** A connection that carries sessions. */
export interface Carrier {
  readonly host: Host;
  /** Resolves when it was closed or lost. */
  readonly gone: Promise<void>;
  /**
   * `release` is called when the session is over, or could not be had. Rejects with `ConnectionError`, the signal's
   * reason, or `NoSessionError` when the host allows no further session on it (sshd_config(5), MaxSessions).
   */
  start(command: string, options: SessionOptions, release: () => void): Promise<Session>;
  close(): Promise<void>;
}

/** sshd allows ten sessions a connection (MaxSessions), but frees them late: with more than four at a time, opens fail. */
const sessionsAtATime = 4;
/** Sessions that go on for a whole run are one or two; what waits for more connections than this may as well wait its turn. */
const mostLinks = 4;

/**
 * Commands over a connection, at most four at a time; the others wait their turn. Where the host allows fewer sessions
 * than that on a connection, further ones are made, lest a long session keeps all others waiting for ever.
 */
export const carriedShell = (first: Carrier, another: () => Promise<Carrier>): Shell => {
  const busy = new Map([[first, 0]]);
  let each = sessionsAtATime;
  let growing: Promise<void> | undefined;
  let closed = false;
  const gate = slots(each);

  const resize = (): void => gate.resize(each * busy.size);

  const grow = async (): Promise<void> => {
    const link = await another();
    if (closed) {
      await link.close();
      return;
    }
    busy.set(link, 0);
    void link.gone.then(() => {
      busy.delete(link);
      resize();
    });
    resize();
  };

  /** One session more was asked for on a connection than the host allows: what is open there is all that it does. */
  const narrow = async (link: Carrier): Promise<void> => {
    each = Math.max(1, Math.min(each, busy.get(link) ?? 1));
    resize();
    if (busy.size < mostLinks) {
      growing ??= grow().finally(() => {
        growing = undefined;
      });
      await growing;
    }
  };

  const leastBusy = (): Carrier =>
    [...busy].reduce((one, other) => (other[1] < one[1] ? other : one), [first, each])[0];

  return {
    host: first.host,
    start: async (command, options) => {
      for (;;) {
        const leave = await gate.take(options.signal);
        const link = leastBusy();
        busy.set(link, (busy.get(link) ?? 0) + 1);
        let over = false;
        const release = (): void => {
          if (over) return;
          over = true;
          if (busy.has(link)) busy.set(link, (busy.get(link) ?? 1) - 1);
          leave();
        };
        try {
          return await link.start(command, options, release);
        } catch (error) {
          if (!(error instanceof NoSessionError)) throw error;
          if (busy.get(link) === 0) throw channelRefused(first.host, error.cause);
          await narrow(link);
        }
      }
    },
    close: async () => {
      closed = true;
      await Promise.all([...busy.keys()].map((link) => link.close()));
    },
  };
};
