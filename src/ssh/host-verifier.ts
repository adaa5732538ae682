import type { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { judgeHostKey, type KnownKeys } from './host-key.ts';
import { hostKeyChanged, hostKeyRevoked, hostKeyUnknown, shownKey } from './host-key-problems.ts';

/** Says why a host is not to be trusted with the key that it shows, or nothing when it is. */
export type HostVerifier = (key: Buffer) => ConnectionError | undefined;

/**
 * Judges a key as the settings have it. `onNew` gets one that nobody knew and that is accepted (`accept-new`): it is the
 * host's once the handshake is over, and not before.
 */
export const hostVerifier =
  (host: Host, settings: ConnectionSettings, known: KnownKeys, onNew: (key: Buffer) => void): HostVerifier =>
  (key) => {
    const shown = shownKey(key);
    const verdict = judgeHostKey(known, shown.keyType, key);
    const { hostKeyChecking } = settings;
    switch (verdict.kind) {
      case 'known':
        return undefined;
      case 'unknown':
        if (hostKeyChecking === 'strict') return hostKeyUnknown(host, settings, shown, known);
        if (hostKeyChecking === 'accept-new') onNew(key);
        return undefined;
      case 'changed':
        return hostKeyChecking === 'off' ? undefined : hostKeyChanged(host, shown, verdict.known);
      case 'revoked':
        return hostKeyRevoked(host, shown, verdict.known);
    }
  };
