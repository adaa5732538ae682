import type { Socket } from 'node:net';
import type { Client } from 'ssh2';
import type { Host } from '../model/host.ts';
import type { Shell, Shells } from '../model/shell.ts';
import { dropped } from './connect-problems.ts';
import { dial } from './dial.ts';
import { DroppedError } from './dropped-error.ts';
import { handshake, type Login } from './handshake.ts';
import { hostVerifier } from './host-verifier.ts';
import { identities } from './identities.ts';
import { knownHostsFiles, knownHostsStore } from './known-hosts-store.ts';
import { type Link, link } from './link.ts';
import { type SshOptions, type SshTiming, sshTiming } from './options.ts';
import { pause } from './pause.ts';
import { startSession } from './session.ts';

const attempts = 4;

const shell = (open: Link): Shell => ({
  host: open.host,
  start: (command, options) => startSession(open, command, options),
  close: open.close,
});

/** Dials and logs in; again, after a pause that doubles and is spread by chance, when the host hangs up before the handshake. */
const login = async (
  how: Login,
  random: () => number,
): Promise<{ readonly client: Client; readonly socket: Socket }> => {
  const { host, timing, signal } = how;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const socket = await dial(host, timing.connect, signal);
      return { client: await handshake(how, socket), socket };
    } catch (error) {
      if (!(error instanceof DroppedError)) {
        throw error;
      }
      if (attempt === attempts) {
        throw dropped(host, attempts, error.cause);
      }
    }
    await pause(timing.retry * 2 ** (attempt - 1) * (0.5 + random()), signal);
  }
};

/**
 * Commands on hosts by ssh2. The host's key is always verified, against the host's own known_hosts files or else the user's and
 * the system's; the login is by key, from the host's file and then from the agent.
 */
export const sshShells = (options: SshOptions): Shells => {
  const timing: SshTiming = sshTiming(options.timing);
  const knownKeys = knownHostsStore(options);

  return {
    open: async (host: Host, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      const [known, ways] = await Promise.all([knownKeys(host), identities(host, options)]);
      signal?.throwIfAborted();
      const vouching = known.trusted.length > 0 ? known.trusted : known.ofAddress;
      const { client, socket } = await login(
        {
          host,
          verify: hostVerifier(host, known, knownHostsFiles(host, options)),
          knownKeyTypes: new Set(vouching.map(({ keyType }) => keyType)),
          identities: ways,
          timing,
          signal,
        },
        options.random,
      );
      return shell(link(host, client, socket, timing));
    },
  };
};
