import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Secret } from '../model/secret.ts';
import { dial } from './dial.ts';
import { governor } from './governor.ts';
import { shownKey } from './host-key-problems.ts';
import { type HostVerifier, hostVerifier } from './host-verifier.ts';
import { hostOf, jumpHosts } from './jump.ts';
import { keyring } from './keyring.ts';
import { knownHostsStore } from './known-hosts-store.ts';
import { type Link, link } from './link.ts';
import { type Entrance, login } from './login.ts';
import { type SshOptions, sshTiming } from './options.ts';
import { timingFor } from './timing-for.ts';
import { waysIn } from './ways.ts';

/** Connections by ssh2: each key verified, each jump host connected once, handshakes kept to what servers take. */
export interface Links {
  /** Rejects with `ConnectionError` or the signal's reason. */
  open(host: Host, settings: ConnectionSettings, password: Secret | undefined, signal?: AbortSignal): Promise<Link>;
  /**
   * Goes no further than the host's key, which `judge` has to refuse: that refusal is what it rejects with.
   * `keyTypes`: those to ask for first.
   */
  greet(
    host: Host,
    settings: ConnectionSettings,
    asked: { readonly keyTypes: ReadonlySet<string>; readonly judge: HostVerifier },
    signal?: AbortSignal,
  ): Promise<void>;
}

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

export const sshLinks = (options: SshOptions): Links => {
  const ourTiming = sshTiming(options.timing);
  const knownKeys = knownHostsStore();
  const keys = keyring(options.passphrase);
  const handshakes = governor();

  /** How a host is dialled; `jump` is the connection that it then goes through. */
  const entrance = (host: Host, settings: ConnectionSettings, signal?: AbortSignal) => {
    let jump: Link | undefined;
    const { connect } = timingFor(settings, ourTiming, options.timing);
    const way: Entrance = {
      governor: handshakes,
      random: options.random,
      dial: async () => {
        if (settings.jump === null) return await dial(host, settings, connect, signal);
        const passage = await jumps.passage(host, settings.jump, signal);
        jump = passage.jump;
        return passage.stream;
      },
    };
    return { way, jump: () => jump };
  };

  const open: Links['open'] = async (host, settings, password, signal) => {
    signal?.throwIfAborted();
    const timing = timingFor(settings, ourTiming, options.timing);
    const [known, { ways, notes }] = await Promise.all([
      knownKeys.lookUp(host, settings),
      waysIn(host, settings, keys, password),
    ]);
    signal?.throwIfAborted();
    const vouching = known.trusted.length > 0 ? known.trusted : known.ofAddress;
    let accepted: Buffer | undefined;
    const { way: how, jump } = entrance(host, settings, signal);
    const { client, socket, way } = await login(
      {
        host,
        verify: hostVerifier(host, settings, known, (key) => {
          accepted = key;
        }),
        algorithms: settings.algorithms,
        knownKeyTypes: new Set(vouching.map(({ keyType }) => keyType)),
        ways,
        notes,
        forwardedAgent: forwardedAgent(settings),
        timing,
        signal,
      },
      how,
    );
    if (accepted !== undefined) {
      await knownKeys.record(host, settings, [shownKey(accepted)], 'keep').catch((error: unknown) => {
        client.destroy();
        throw error;
      });
    }
    if (way !== undefined && 'fingerprint' in way) keys.letUsIn(way.fingerprint);
    return link(host, client, socket, timing, { jump: jump(), environment: settings.environment });
  };

  const jumps = jumpHosts((jump, signal) => open(hostOf(jump), jump, undefined, signal));

  return {
    open,
    greet: async (host, settings, { keyTypes, judge }, signal) => {
      const timing = timingFor(settings, ourTiming, options.timing);
      const nothing = { ways: [], notes: [], forwardedAgent: undefined };
      await login(
        {
          host,
          verify: judge,
          // All types are asked for, whatever logins would take.
          algorithms: { ...settings.algorithms, hostKey: null },
          knownKeyTypes: keyTypes,
          ...nothing,
          timing,
          signal,
        },
        entrance(host, settings, signal).way,
      );
    },
  };
};
