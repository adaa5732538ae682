import { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import { fingerprint, judgeHostKey, type KnownKeys } from './host-key.ts';
import { type ShownKey, shownKey } from './host-key-problems.ts';
import { hostOf } from './jump.ts';
import type { KnownHostKey } from './known-hosts.ts';
import { knownHostsStore } from './known-hosts-store.ts';
import { sshLinks } from './links.ts';
import { hostFacts } from './naming.ts';
import type { SshOptions } from './options.ts';
import { slots } from './slots.ts';

/**
 * What known_hosts says of a key that a host shows: `missing` is one of a host that no file knows, `more` one of a host
 * that is known by another.
 */
export type KeyStanding = 'same' | 'more' | 'missing' | 'changed' | 'revoked';

export interface ScannedKey extends ShownKey {
  readonly fingerprint: string;
  readonly standing: KeyStanding;
  /** The key that is known instead, or is the same; `null` for one that no file has. */
  readonly known: { readonly keyType: string; readonly fingerprint: string; readonly at: string } | null;
}

/** One machine and its keys, or why it shows none. */
export type Scan =
  | { readonly settings: ConnectionSettings; readonly keys: readonly ScannedKey[] }
  | { readonly settings: ConnectionSettings; readonly problem: FleetError };

export interface HostKeyScanner {
  /** Asks each machine for its keys of all types, `atOnce` machines at a time. */
  scan(ways: readonly ConnectionSettings[], atOnce: number, signal?: AbortSignal): Promise<readonly Scan[]>;
  /** Records keys that a machine showed. Rejects with `ConnectionError` `ssh.known-hosts-unwritable`. */
  record(way: ConnectionSettings, keys: readonly ShownKey[], others: 'keep' | 'replace'): Promise<void>;
}

/** Asked for one after the other; a server without that type shows one that it has. */
const askedTypes: readonly ReadonlySet<string>[] = [
  new Set(['ssh-ed25519']),
  new Set(['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521']),
  new Set(['ssh-rsa']),
];

const described = ({ keyType, key, file, line }: KnownHostKey): ScannedKey['known'] => ({
  keyType,
  fingerprint: fingerprint(key),
  at: `${file}:${line}`,
});

/** What is known of the keys that a machine shows; one of a type that nobody knows is no change when another is known. */
const judged = (shown: readonly ShownKey[], known: KnownKeys): readonly ScannedKey[] => {
  const verdicts = shown.map((one) => ({ one, verdict: judgeHostKey(known, one.keyType, one.key) }));
  const isKnown = verdicts.some(({ verdict }) => verdict.kind === 'known');
  return verdicts.map(({ one, verdict }): ScannedKey => {
    const base = { ...one, fingerprint: fingerprint(one.key) };
    const recorded = [...known.trusted, ...known.ofAddress].find(({ key }) => key.equals(one.key));
    switch (verdict.kind) {
      case 'known':
        return { ...base, standing: 'same', known: recorded === undefined ? null : described(recorded) };
      case 'unknown':
        return { ...base, standing: 'missing', known: null };
      case 'revoked':
        return { ...base, standing: 'revoked', known: described(verdict.known) };
      case 'changed':
        return isKnown && verdict.known.keyType !== one.keyType
          ? { ...base, standing: 'more', known: null }
          : { ...base, standing: 'changed', known: described(verdict.known) };
    }
  });
};

const onlyByCommand = (host: Host, { proxyCommand }: ConnectionSettings): FleetError =>
  new FleetError({
    code: 'ssh.keys-by-command',
    message: `${host.name}: it is reached by ProxyCommand ${proxyCommand ?? ''}, through which its keys are not asked for.`,
    remedy: `ssh ${host.name}, and answer yes when the fingerprint is right`,
    facts: hostFacts(host),
  });

/** Machines on the way to others first: all that are reached directly, then those through one jump host, and so on. */
export const byDistance = (ways: readonly ConnectionSettings[]): readonly (readonly ConnectionSettings[])[] => {
  const levels: Map<string, ConnectionSettings>[] = [];
  const place = (way: ConnectionSettings): number => {
    const level = way.jump === null ? 0 : place(way.jump) + 1;
    const { hostName, port, hostKeyName } = way;
    const known = levels[level] ?? new Map<string, ConnectionSettings>();
    const key = JSON.stringify([hostName, port, hostKeyName]);
    if (!known.has(key)) known.set(key, way);
    levels[level] = known;
    return level;
  };
  ways.forEach(place);
  return levels.map((level) => [...level.values()]);
};

/** Fetches host keys, through jump hosts too, without logging in to those that are asked. */
export const hostKeyScanner = (options: SshOptions): HostKeyScanner => {
  const links = sshLinks(options);
  const store = knownHostsStore();

  const shownBy = async (host: Host, way: ConnectionSettings, signal?: AbortSignal): Promise<readonly ShownKey[]> => {
    const shown = new Map<string, ShownKey>();
    const enough = new ConnectionError('host-key-unknown', { code: 'ssh.key-seen', message: '', remedy: '' });
    for (const keyTypes of askedTypes) {
      const judge = (key: Buffer): ConnectionError => {
        const one = shownKey(key);
        shown.set(one.keyType, one);
        return enough;
      };
      await links.greet(host, way, { keyTypes, judge }, signal).catch((error: unknown) => {
        if (error !== enough) throw error;
      });
    }
    return [...shown.values()];
  };

  const scanOne = async (way: ConnectionSettings, signal?: AbortSignal): Promise<Scan> => {
    const host = hostOf(way);
    const behindCommand = [way, way.jump].some((one) => one !== null && one.proxyCommand !== null);
    try {
      if (behindCommand) throw onlyByCommand(host, way);
      const shown = await shownBy(host, way, signal);
      return { settings: way, keys: judged(shown, await store.lookUp(host, way)) };
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      return { settings: way, problem: error };
    }
  };

  return {
    scan: async (ways, atOnce, signal) => {
      const places = slots(atOnce);
      return await Promise.all(
        ways.map(async (way) => {
          const release = await places.take(signal);
          try {
            return await scanOne(way, signal);
          } finally {
            release();
          }
        }),
      );
    },
    record: (way, keys, others) => store.record(hostOf(way), way, keys, others),
  };
};
