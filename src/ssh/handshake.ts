import type { Socket } from 'node:net';
import type { Client, ClientErrorExtensions } from 'ssh2';
import type { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { algorithms } from './algorithms.ts';
import { authRefused, lostInLogin, notUnderstood, silent } from './connect-problems.ts';
import { DroppedError } from './dropped-error.ts';
import type { HostVerifier } from './host-verifier.ts';
import type { Identity } from './identities.ts';
import type { SshTiming } from './options.ts';
import { ssh2 } from './ssh2.ts';

export interface Login {
  readonly host: Host;
  readonly verify: HostVerifier;
  readonly knownKeyTypes: ReadonlySet<string>;
  readonly identities: readonly Identity[];
  readonly timing: SshTiming;
  readonly signal: AbortSignal | undefined;
}

interface Progress {
  stage: 'handshake' | 'login';
  readonly tried: string[];
  accepted: readonly string[];
}

/** Why a login ended, from the error that ssh2 emits; no error means that the socket just closed. */
const whyFailed = (
  { host, timing }: Login,
  progress: Progress,
  error: (Error & ClientErrorExtensions) | undefined,
): ConnectionError | DroppedError => {
  const closed = progress.stage === 'handshake' ? new DroppedError(error) : lostInLogin(host, error);
  if (error === undefined || error.message === 'Connection lost before handshake') {
    return closed;
  }
  switch (error.level) {
    case 'client-socket':
      return closed;
    case 'client-timeout':
      return silent(host, timing.ready);
    case 'client-authentication':
      return authRefused(host, progress.tried, progress.accepted, undefined);
    default:
      return progress.stage === 'login'
        ? authRefused(host, progress.tried, progress.accepted, error)
        : notUnderstood(host, error);
  }
};

/**
 * SSH over a socket: the host's key is verified before anything else is said, then the identities are tried in order.
 * Rejects with `ConnectionError`, `DroppedError`, or the signal's reason; the socket is destroyed then.
 */
export const handshake = (login: Login, socket: Socket): Promise<Client> =>
  new Promise((resolve, reject) => {
    const { host, timing, signal } = login;
    const client = new ssh2.Client();
    const progress: Progress = { stage: 'handshake', tried: [], accepted: [] };
    const left = [...login.identities];

    const settle = (settled: () => void): void => {
      signal?.removeEventListener('abort', abort);
      settled();
    };
    const giveUp = (reason: unknown): void => {
      settle(() => reject(reason));
      socket.destroy();
    };
    const abort = (): void => giveUp(signal?.reason);
    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort, { once: true });

    client.on('handshake', () => {
      progress.stage = 'login';
    });
    client.on('ready', () => settle(() => resolve(client)));
    client.on('error', (error) => {
      if (error.level === 'agent') {
        // One identity less: ssh2 goes on to the next.
        progress.tried.push(`${progress.tried.pop()} (${error.message})`);
      } else {
        giveUp(whyFailed(login, progress, error));
      }
    });
    client.on('close', () => giveUp(whyFailed(login, progress, undefined)));

    client.connect({
      sock: socket,
      username: host.user,
      algorithms: algorithms(login.knownKeyTypes),
      readyTimeout: timing.ready,
      keepaliveInterval: timing.keepalive,
      keepaliveCountMax: timing.keepaliveCount,
      hostVerifier: (key: Buffer): boolean => {
        const distrust = login.verify(key);
        if (distrust !== undefined) {
          // Before ssh2 can answer: a host with a wrong key gets not even a goodbye.
          giveUp(distrust);
        }
        return distrust === undefined;
      },
      authHandler: (accepted: readonly string[] | null) => {
        progress.accepted = accepted ?? progress.accepted;
        const next = left.shift();
        if (next === undefined) {
          return false;
        }
        progress.tried.push(next.title);
        return next.method;
      },
    });
  });
