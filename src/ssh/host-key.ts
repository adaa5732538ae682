import { createHash } from 'node:crypto';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { BrokenLine, KnownHostKey, KnownHosts } from './known-hosts.ts';

/** What is known of one host. */
export interface KnownKeys {
  /** Keys that the host may have. */
  readonly trusted: readonly KnownHostKey[];
  readonly revoked: readonly KnownHostKey[];
  /** Keys of those who certify keys of the host: only ssh(1) can check a certificate. */
  readonly authorities: readonly KnownHostKey[];
  /** Keys of the bare name, when the port is not 22: they vouch for it, but do not say that it changed, as in OpenSSH. */
  readonly ofAddress: readonly KnownHostKey[];
  readonly broken: readonly BrokenLine[];
}

export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly known: KnownHostKey }
  | { readonly kind: 'revoked'; readonly known: KnownHostKey };

/** As `ssh-keygen -l` prints it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** What known_hosts calls a host, in lower case, and its bare name where that counts too. */
export type HostKeyNames = Pick<ConnectionSettings, 'hostKeyName' | 'hostKeyBareName'>;

export const knownKeysOf = (names: HostKeyNames, files: readonly KnownHosts[]): KnownKeys => {
  const { hostKeyName: name, hostKeyBareName: bareName } = names;
  const keys = files.flatMap((file) => file.keys);
  const matching = keys.filter((key) => key.matches(name));
  const bare = bareName === null ? [] : keys.filter((key) => key.matches(bareName));
  return {
    trusted: matching.filter(({ is }) => is === 'own'),
    revoked: [...matching, ...bare].filter(({ is }) => is === 'revoked'),
    authorities: [...matching, ...bare].filter(({ is }) => is === 'authority'),
    ofAddress: bare.filter(({ is }) => is === 'own'),
    broken: files.flatMap((file) => file.broken),
  };
};

/** The verdict of ssh(1) with `StrictHostKeyChecking yes` on a key that a host showed. */
export const judgeHostKey = (known: KnownKeys, keyType: string | undefined, key: Buffer): HostKeyVerdict => {
  const same = (candidate: KnownHostKey): boolean => candidate.key.equals(key);
  const revoked = known.revoked.find(same);
  if (revoked !== undefined) {
    return { kind: 'revoked', known: revoked };
  }
  if (known.trusted.some(same) || (known.trusted.length === 0 && known.ofAddress.some(same))) {
    return { kind: 'known' };
  }
  const other = known.trusted.find((candidate) => candidate.keyType === keyType) ?? known.trusted[0];
  return other === undefined ? { kind: 'unknown' } : { kind: 'changed', known: other };
};
