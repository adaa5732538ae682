import type { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { judgeHostKey, type KnownKeys } from './host-key.ts';
import { hostKeyChanged, hostKeyRevoked, hostKeyUnknown } from './host-key-problems.ts';
import { wireKeyType } from './known-hosts.ts';
import { knownHostsFiles } from './known-hosts-store.ts';

/** Says why a host is not to be trusted with the key that it shows, or nothing when it is. */
export type HostVerifier = (key: Buffer) => ConnectionError | undefined;

export const hostVerifier =
  (host: Host, settings: ConnectionSettings, known: KnownKeys): HostVerifier =>
  (key) => {
    const keyType = wireKeyType(key) ?? 'unreadable';
    const verdict = judgeHostKey(known, keyType, key);
    switch (verdict.kind) {
      case 'known':
        return undefined;
      case 'unknown':
        return hostKeyUnknown(host, { keyType, key }, known, knownHostsFiles(settings));
      case 'changed':
        return hostKeyChanged(host, { keyType, key }, verdict.known);
      case 'revoked':
        return hostKeyRevoked(host, { keyType, key }, verdict.known);
    }
  };
