import type { ClientChannel } from 'ssh2';
import { ConnectionError } from '../model/connection-error.ts';
import type { Link } from './link.ts';
import { channelNotOpened, channelRefused, linkLost } from './link-problems.ts';
import { NoSessionError } from './no-session-error.ts';
import { pause } from './pause.ts';
import { errorMessage } from './reasons.ts';

const pauses = [5, 10, 20, 40, 80, 160] as const;

/** SSH_OPEN_CONNECT_FAILED (RFC 4254, 5.1): what sshd says while the place of an ended session is not free yet. */
const isFull = (error: unknown): boolean => error instanceof Error && 'reason' in error && error.reason === 2;

/**
 * Starts one command. `adopt` is called at once when it runs, before anything it says can be missed.
 * A channel that opens after the limit is closed again.
 */
const openOnce = <T>(
  link: Link,
  command: string,
  terminal: 'none' | 'pty',
  adopt: (channel: ClientChannel) => T,
  signal?: AbortSignal,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const { host, client, timing, environment } = link;
    let waiting = true;
    const settle = (settled: () => void): void => {
      waiting = false;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settled();
    };
    const abort = (): void => settle(() => reject(signal?.reason));
    const timer = setTimeout(
      () => settle(() => reject(channelNotOpened(host, timing.channelOpen))),
      timing.channelOpen,
    );
    signal?.addEventListener('abort', abort, { once: true });
    try {
      client.exec(command, { pty: terminal === 'pty', env: { ...environment } }, (error, channel) => {
        if (!waiting) {
          channel?.on('error', () => {});
          channel?.close();
        } else if (error === undefined || error === null) {
          settle(() => resolve(adopt(channel)));
        } else {
          settle(() => reject(link.lost() ?? error));
        }
      });
    } catch (error) {
      // ssh2 throws when its socket is closed already.
      settle(() => reject(link.lost() ?? linkLost(host, error instanceof Error ? error : undefined)));
    }
  });

/**
 * Starts one command, again for a moment when the host has no session free. Rejects with `ConnectionError`,
 * `NoSessionError` or the signal's reason.
 */
export const openChannel = async <T>(
  link: Link,
  command: string,
  terminal: 'none' | 'pty',
  adopt: (channel: ClientChannel) => T,
  signal?: AbortSignal,
): Promise<T> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await openOnce(link, command, terminal, adopt, signal);
    } catch (error) {
      if (error instanceof ConnectionError || signal?.aborted) {
        throw error;
      }
      if (!isFull(error)) {
        throw channelRefused(link.host, error);
      }
      const wait = pauses[attempt];
      if (wait === undefined) {
        throw new NoSessionError(errorMessage(error), { cause: error });
      }
      await pause(wait, signal);
    }
  }
};
