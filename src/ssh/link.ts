import type { Socket } from 'node:net';
import type { Client } from 'ssh2';
import type { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { linkLost } from './link-problems.ts';
import type { SshTiming } from './options.ts';
import { type Slots, slots } from './slots.ts';

/** sshd allows ten sessions a connection (MaxSessions), but frees them late: with more than four at a time, opens fail. */
const sessionsAtATime = 4;

/** A connection after its login, and whether it still is one. */
export interface Link {
  readonly host: Host;
  readonly client: Client;
  readonly timing: SshTiming;
  readonly slots: Slots;
  /** Why the link is gone, once it is. */
  readonly lost: () => ConnectionError | undefined;
  readonly close: () => Promise<void>;
}

export const link = (host: Host, client: Client, socket: Socket, timing: SshTiming): Link => {
  let cause: Error | undefined;
  let closing: Promise<void> | undefined;
  let lost: ConnectionError | undefined;

  const gone = new Promise<void>((resolve) => {
    client.on('error', (error) => {
      cause ??= error;
      socket.destroy();
    });
    client.on('close', () => {
      lost = linkLost(host, cause);
      resolve();
    });
  });

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
    slots: slots(sessionsAtATime),
    lost: () => lost,
    close: () => {
      closing ??= lost === undefined ? closeGently() : Promise.resolve();
      return closing;
    },
  };
};
