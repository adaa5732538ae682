import { connect, type Socket } from 'node:net';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { noAnswer, refused, unreachable } from './connect-problems.ts';
import { DroppedError } from './dropped-error.ts';
import { errorCode } from './reasons.ts';

/**
 * A TCP connection, without Nagle's algorithm: with it each small packet of the handshake waits for a delayed
 * acknowledgement, which makes logins four times slower. Rejects with `ConnectionError`, `DroppedError`, or the signal's reason.
 */
export const dial = (
  host: Host,
  { addressFamily, bindAddress }: Pick<ConnectionSettings, 'addressFamily' | 'bindAddress'>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({
      host: host.address,
      port: host.port,
      noDelay: true,
      ...(addressFamily === 0 ? {} : { family: addressFamily }),
      ...(bindAddress === null ? {} : { localAddress: bindAddress }),
      // Node gives each address but the last of a name 250 ms, which a far host may well need.
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(2_500, limitMs / 2)),
    });
    const settle = (settled: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      settled();
    };
    const giveUp = (reason: unknown): void => {
      settle(() => reject(reason));
      // A late error of a socket that nobody waits for must not end the process.
      socket.on('error', () => {});
      socket.destroy();
    };
    const fail = (error: Error): void => {
      const code = errorCode(error);
      giveUp(
        code === 'ECONNREFUSED'
          ? refused(host, error)
          : code === 'ECONNRESET'
            ? new DroppedError(error)
            : unreachable(host, error),
      );
    };
    const abort = (): void => giveUp(signal?.reason);
    const timer = setTimeout(() => giveUp(noAnswer(host, limitMs)), limitMs);
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('error', fail);
    socket.once('connect', () => settle(() => resolve(socket)));
  });
