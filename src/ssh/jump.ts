import type { Duplex } from 'node:stream';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { jumpFailed, jumpForbids, jumpGetsNoAnswer, throughJump } from './jump-problems.ts';
import type { Link } from './link.ts';

/** A machine as its settings say it, for messages. */
export const hostOf = ({ name, hostName, port, user }: ConnectionSettings): Host => ({
  name,
  address: hostName,
  port,
  user,
  groups: [],
  vars: {},
});

/** A way to a host through its jump host. */
export interface Passage {
  readonly stream: Duplex;
  /** The connection to the jump host, which may be lost. */
  readonly jump: Link;
}

export interface JumpHosts {
  /** Rejects with `ConnectionError` of the host that is meant, or the signal's reason. */
  passage(host: Host, jump: ConnectionSettings, signal?: AbortSignal): Promise<Passage>;
}

interface Shared {
  readonly connecting: Promise<Link>;
  readonly abort: AbortController;
  /** Those who wait for it, or go through it. */
  users: number;
}

const keyOf = ({ user, hostName, port, jump }: ConnectionSettings): string =>
  `${user}@${hostName}:${port}${jump === null ? '' : ` ${keyOf(jump)}`}`;

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, 5.1). */
const isForbidden = (error: unknown): boolean => error instanceof Error && 'reason' in error && error.reason === 1;

const forward = (host: Host, jump: Link, signal?: AbortSignal): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    let waiting = true;
    const settle = (settled: () => void): void => {
      waiting = false;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settled();
    };
    const abort = (): void => settle(() => reject(signal?.reason));
    const noAnswer = (): void => settle(() => reject(jumpGetsNoAnswer(host, jump.host, jump.timing.connect)));
    const timer = setTimeout(noAnswer, jump.timing.connect);
    const fail = (error: unknown): void => {
      const lost = jump.lost();
      const problem =
        lost !== undefined
          ? throughJump(host, jump.host, lost)
          : isForbidden(error)
            ? jumpForbids(host, jump.host, error)
            : jumpFailed(host, jump.host, error);
      settle(() => reject(problem));
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      jump.client.forwardOut('127.0.0.1', 0, host.address, host.port, (error, channel) => {
        if (!waiting) {
          channel?.on('error', () => {});
          channel?.destroy();
        } else if (error === undefined || error === null) {
          settle(() => resolve(channel));
        } else {
          fail(error);
        }
      });
    } catch (error) {
      // ssh2 throws when its socket is closed already.
      fail(error);
    }
  });

/**
 * Ways through jump hosts. Each jump host is connected once, by `open`, for all that go through it at a time, and left
 * when nobody does any more; one that failed or was lost is connected anew by who comes next.
 */
export const jumpHosts = (open: (jump: ConnectionSettings, signal: AbortSignal) => Promise<Link>): JumpHosts => {
  const shared = new Map<string, Shared>();

  const forget = (key: string, jump: Shared): void => {
    if (shared.get(key) === jump) shared.delete(key);
  };

  const join = (settings: ConnectionSettings): Shared => {
    const key = keyOf(settings);
    const known = shared.get(key);
    if (known !== undefined) return known;
    const abort = new AbortController();
    const fresh: Shared = { connecting: open(settings, abort.signal), abort, users: 0 };
    shared.set(key, fresh);
    fresh.connecting.then(
      (link) => void link.gone.then(() => forget(key, fresh)),
      () => forget(key, fresh),
    );
    return fresh;
  };

  const leave = (settings: ConnectionSettings, jump: Shared): void => {
    jump.users -= 1;
    if (jump.users > 0) return;
    forget(keyOf(settings), jump);
    jump.abort.abort();
    jump.connecting.then(
      (link) => void link.close(),
      () => {},
    );
  };

  const orAbort = async <T>(work: Promise<T>, signal?: AbortSignal): Promise<T> => {
    if (signal === undefined) return await work;
    let abort: () => void = () => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
    });
    try {
      signal.throwIfAborted();
      return await Promise.race([work, aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };

  return {
    passage: async (host, settings, signal) => {
      const jump = join(settings);
      jump.users += 1;
      try {
        const link = await orAbort(jump.connecting, signal).catch((error: unknown) => {
          signal?.throwIfAborted();
          throw throughJump(host, hostOf(settings), error);
        });
        const stream = await forward(host, link, signal);
        stream.once('close', () => leave(settings, jump));
        return { stream, jump: link };
      } catch (error) {
        leave(settings, jump);
        throw error;
      }
    },
  };
};
