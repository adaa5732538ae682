import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { linkLost, lostWithJump } from './link-problems.ts';
import type { SshTiming } from './options.ts';

/** A connection after its login, and whether it still is one. */
export interface Link {
  readonly host: Host;
  readonly client: Client;
  readonly timing: SshTiming;
  readonly environment: Readonly<Record<string, string>>;
  /** Why the link is gone, once it is. */
  readonly lost: () => ConnectionError | undefined;
  readonly close: () => Promise<void>;
  readonly gone: Promise<void>;
}

interface Around {
  /** The connection that this one goes through. */
  readonly jump: Link | undefined;
  /** Variables to ask sshd to set in sessions, which it may refuse (sshd_config(5), AcceptEnv). */
  readonly environment: Readonly<Record<string, string>>;
}

export const link = (
  host: Host,
  client: Client,
  socket: Duplex,
  timing: SshTiming,
  { jump, environment }: Around,
): Link => {
  let cause: Error | undefined;
  let closing: Promise<void> | undefined;
  let over = false;
  let lost: ConnectionError | undefined;

  const gone = new Promise<void>((resolve) => {
    client.on('error', (error) => {
      cause ??= error;
      socket.destroy();
    });
    client.on('close', () => {
      over = true;
      resolve();
    });
  });

  /** Told when it is asked for: a jump host may be found lost a moment after what went through it. */
  const whyLost = (): ConnectionError | undefined => {
    if (!over) return undefined;
    const above = jump?.lost();
    lost ??= jump !== undefined && above !== undefined ? lostWithJump(host, jump.host, above) : linkLost(host, cause);
    return lost;
  };

  const closeGently = async (): Promise<void> => {
    cause ??= new Error('we closed it');
    const timer = setTimeout(() => socket.destroy(), timing.close);
    client.end();
    await gone;
    clearTimeout(timer);
  };

  return {
    host,
    client,
    timing,
    environment,
    gone,
    lost: whyLost,
    close: () => {
      closing ??= over ? Promise.resolve() : closeGently();
      return closing;
    },
  };
};
