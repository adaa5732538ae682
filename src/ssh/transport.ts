import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Secret } from '../model/secret.ts';
import type { Shells } from '../model/shell.ts';
import { dial } from './dial.ts';
import { governor } from './governor.ts';
import { shownKey } from './host-key-problems.ts';
import { hostVerifier } from './host-verifier.ts';
import { hostOf, jumpHosts } from './jump.ts';
import { keyring } from './keyring.ts';
import { knownHostsStore } from './known-hosts-store.ts';
import { type Link, link } from './link.ts';
import { login } from './login.ts';
import { type SshOptions, sshTiming } from './options.ts';
import { passwordOf } from './password.ts';
import { sshShell } from './ssh-shell.ts';
import { timingFor } from './timing-for.ts';
import { waysIn } from './ways.ts';

/**
 * Commands on hosts by ssh2, as the settings of each say: through its jump hosts, its key verified, logged in by key or
 * password (`waysIn`).
 */
export const sshShells = (options: SshOptions): Shells => {
  const ourTiming = sshTiming(options.timing);
  const knownKeys = knownHostsStore();
  const keys = keyring(options.passphrase);
  const handshakes = governor();

  const open = async (
    host: Host,
    settings: ConnectionSettings,
    password: Secret | undefined,
    signal?: AbortSignal,
  ): Promise<Link> => {
    signal?.throwIfAborted();
    const timing = timingFor(settings, ourTiming, options.timing);
    const [known, { ways, notes }] = await Promise.all([
      knownKeys.lookUp(host, settings),
      waysIn(host, settings, keys, password),
    ]);
    signal?.throwIfAborted();
    const vouching = known.trusted.length > 0 ? known.trusted : known.ofAddress;
    let jump: Link | undefined;
    let accepted: Buffer | undefined;
    const { client, socket, way } = await login(
      {
        host,
        verify: hostVerifier(host, settings, known, (key) => {
          accepted = key;
        }),
        knownKeyTypes: new Set(vouching.map(({ keyType }) => keyType)),
        ways,
        notes,
        forwardedAgent: forwardedAgent(settings),
        timing,
        signal,
      },
      {
        governor: handshakes,
        random: options.random,
        dial: async () => {
          if (settings.jump === null) return await dial(host, settings, timing.connect, signal);
          const passage = await jumps.passage(host, settings.jump, signal);
          jump = passage.jump;
          return passage.stream;
        },
      },
    );
    if (accepted !== undefined) {
      await knownKeys.record(host, settings, [shownKey(accepted)], 'keep').catch((error: unknown) => {
        client.destroy();
        throw error;
      });
    }
    if (way !== undefined && 'fingerprint' in way) keys.letUsIn(way.fingerprint);
    return link(host, client, socket, timing, jump);
  };

  const jumps = jumpHosts((jump, signal) => open(hostOf(jump), jump, undefined, signal));

  return {
    open: async (named, signal) => {
      const settings = options.settings(named);
      const host = { ...named, address: settings.hostName, port: settings.port, user: settings.user };
      const password = await passwordOf(host, options.password);
      return sshShell(await open(host, settings, password, signal), () => open(host, settings, password));
    },
  };
};

/** The agent that sessions may use: none unless asked for. */
const forwardedAgent = ({ forwardAgent, identityAgent }: ConnectionSettings): string | undefined => {
  switch (forwardAgent) {
    case 'no':
      return undefined;
    case 'yes':
      return identityAgent ?? undefined;
    default:
      return forwardAgent;
  }
};
