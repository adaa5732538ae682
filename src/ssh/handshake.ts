import type { Duplex } from 'node:stream';
import type { Client, ClientErrorExtensions } from 'ssh2';
import type { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { algorithms } from './algorithms.ts';
import { authRefused, lostInLogin, notUnderstood, silent } from './connect-problems.ts';
import { DroppedError } from './dropped-error.ts';
import type { HostVerifier } from './host-verifier.ts';
import { passwordExpired } from './key-problems.ts';
import { methodFor } from './method.ts';
import { wayPicker } from './next-way.ts';
import type { SshTiming } from './options.ts';
import { ssh2 } from './ssh2.ts';
import type { Way } from './ways.ts';

export interface Login {
  readonly host: Host;
  readonly verify: HostVerifier;
  readonly algorithms: ConnectionSettings['algorithms'];
  readonly knownKeyTypes: ReadonlySet<string>;
  readonly ways: readonly Way[];
  /** What was left out of the ways. */
  readonly notes: readonly string[];
  /** The socket of the agent that sessions may use. */
  readonly forwardedAgent: string | undefined;
  readonly timing: SshTiming;
  readonly signal: AbortSignal | undefined;
}

interface Progress {
  stage: 'handshake' | 'login';
  readonly tried: Way[];
  /** What the host takes, as it said last; `null` when it said nothing. */
  accepted: readonly string[] | null;
  readonly notes: string[];
}

/** Why a login ended, from the error that ssh2 emits; no error means that the socket just closed. */
const whyFailed = (
  { host, timing }: Login,
  progress: Progress,
  error: (Error & ClientErrorExtensions) | undefined,
): ConnectionError | DroppedError => {
  const refused = (cause: unknown): ConnectionError =>
    authRefused(
      host,
      progress.tried.filter(({ kind }) => kind !== 'none').map(({ title }) => title),
      progress.notes,
      progress.accepted ?? [],
      cause,
    );
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
      return refused(undefined);
    default:
      return progress.stage === 'login' ? refused(error) : notUnderstood(host, error);
  }
};

/** What is open after a login. */
export interface LoggedIn {
  readonly client: Client;
  /** The way that let us in, the last of them where the host wanted several. */
  readonly way: Way | undefined;
}

/**
 * SSH over a socket: the host's key is verified before anything else is said, then the ways in are tried in order, those
 * that the host says it does not take left out. A password is given once, by whichever of its two methods the host takes.
 * Rejects with `ConnectionError`, `DroppedError`, or the signal's reason; the socket is destroyed then.
 */
export const handshake = (login: Login, socket: Duplex): Promise<LoggedIn> =>
  new Promise((resolve, reject) => {
    const { host, timing, signal } = login;
    const client = new ssh2.Client();
    const progress: Progress = { stage: 'handshake', tried: [], accepted: null, notes: [...login.notes] };
    const nextWay = wayPicker(login.ways);

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
    client.on('ready', () => settle(() => resolve({ client, way: progress.tried.at(-1) })));
    client.on('change password', () => giveUp(passwordExpired(host)));
    client.on('error', (error) => {
      if (error.level === 'agent') {
        // One way less: ssh2 goes on to the next.
        progress.notes.push(`${progress.tried.pop()?.title} (${error.message})`);
      } else {
        giveUp(whyFailed(login, progress, error));
      }
    });
    client.on('close', () => giveUp(whyFailed(login, progress, undefined)));

    client.connect({
      sock: socket,
      username: host.user,
      algorithms: algorithms(login.algorithms, login.knownKeyTypes),
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
      ...(login.forwardedAgent === undefined ? {} : { agent: login.forwardedAgent, agentForward: true }),
      authHandler: (accepted: readonly string[] | null) => {
        const next = nextWay(accepted, progress.tried.at(-1));
        progress.accepted = accepted;
        if (next === undefined) {
          return false;
        }
        progress.tried.push(next);
        return methodFor(next, host, giveUp);
      },
    });
  });
