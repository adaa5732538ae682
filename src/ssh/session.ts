import type { ClientChannel } from 'ssh2';
import type { Exit } from '../model/ports.ts';
import type { Session, SessionOptions } from '../model/shell.ts';
import { openChannel } from './channel.ts';
import type { Link } from './link.ts';
import { endedWithoutStatus } from './link-problems.ts';
import { terminate } from './terminate.ts';

const watch = (link: Link, channel: ClientChannel, options: SessionOptions, release: () => void): Session => {
  const { signal, holdStdin = false } = options;
  let exit: Exit | undefined;
  let open = 3;
  // Output is whole when it ended while the link was there: a link that breaks ends it too.
  let whole = true;
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ended = new Promise<Exit>((resolve, reject) => {
    const settle = (settled: () => void): void => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      release();
      settled();
    };
    const giveUp = (reason: unknown): void => {
      terminate(link.client, channel);
      channel.close();
      channel.resume();
      settle(() => reject(reason));
    };
    const abort = (): void => {
      if (!holdStdin) {
        giveUp(signal?.reason);
        return;
      }
      channel.end();
      clearTimeout(timer);
      timer = setTimeout(() => giveUp(signal?.reason), link.timing.abortGrace);
    };
    /** sshd keeps a session open while any process holds its output, so a daemon that was started there would hold us. */
    const drain = (): void => {
      if (exit !== undefined && !over && !signal?.aborted) {
        const status = exit;
        clearTimeout(timer);
        timer = setTimeout(() => {
          if (channel.isPaused()) {
            drain();
            return;
          }
          channel.close();
          settle(() => resolve(status));
        }, link.timing.drain);
      }
    };
    const receive = (handler: ((chunk: Uint8Array) => void) | undefined) => (chunk: Buffer) => {
      // The rest of an aborted program's output is read, lest it fills the window, and dropped.
      if (over) {
        return;
      }
      drain();
      try {
        handler?.(chunk);
      } catch (error) {
        // Thrown on, it would surface inside ssh2's parser and break the connection of all others.
        giveUp(error);
      }
    };
    const close = (): void => {
      open -= 1;
      if (open > 0) {
        return;
      }
      const status = exit;
      settle(() => {
        if (status !== undefined && whole) {
          resolve(status);
        } else {
          reject(link.lost() ?? endedWithoutStatus(link.host));
        }
      });
    };
    const end = (): void => {
      whole &&= link.lost() === undefined;
      close();
    };

    channel.on('exit', (code: number | null, name?: string) => {
      exit = { code, signal: name ?? null };
      drain();
    });
    channel.on('data', receive(options.onStdout));
    channel.stderr.on('data', receive(options.onStderr));
    channel.on('end', end);
    channel.stderr.on('end', end);
    channel.on('close', close);
    // Writing to a command that has ended is no error: its exit tells.
    channel.on('error', () => {});
    if (signal?.aborted) {
      abort();
    } else {
      signal?.addEventListener('abort', abort, { once: true });
    }
  });
  return {
    write: (data) => new Promise((resolve) => channel.write(data, () => resolve())),
    end: (data) => {
      channel.end(data);
    },
    ended,
    pause: () => channel.pause(),
    resume: () => channel.resume(),
  };
};

/**
 * Runs a command in a session of its own; `release` is called when that is over, or could not be had.
 * Rejects with `ConnectionError` or the signal's reason when it could not be started, and with `NoSessionError` when the
 * host allows no further session on this connection (sshd_config(5), MaxSessions).
 */
export const startSession = async (
  link: Link,
  command: string,
  options: SessionOptions,
  release: () => void,
): Promise<Session> => {
  try {
    return await openChannel(
      link,
      command,
      options.terminal ?? 'none',
      (channel) => watch(link, channel, options, release),
      options.signal,
    );
  } catch (error) {
    release();
    throw error;
  }
};
