import { createHash } from 'node:crypto';
import { knownHostsName } from './host-patterns.ts';
import type { BrokenLine, KnownHostKey, KnownHosts } from './known-hosts.ts';

/** What is known of one host. */
export interface KnownKeys {
  /** Keys that the host may have. */
  readonly trusted: readonly KnownHostKey[];
  readonly revoked: readonly KnownHostKey[];
  /** Keys of the bare address, when the port is not 22: they vouch for it, but do not say that it changed, as in OpenSSH. */
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

export const knownKeysOf = (address: string, port: number, files: readonly KnownHosts[]): KnownKeys => {
  const keys = files.flatMap((file) => file.keys);
  const name = knownHostsName(address, port);
  const matching = keys.filter((key) => key.matches(name));
  const bare = port === 22 ? [] : keys.filter((key) => key.matches(address.toLowerCase()));
  return {
    trusted: matching.filter((key) => !key.revoked),
    revoked: [...matching, ...bare].filter((key) => key.revoked),
    ofAddress: bare.filter((key) => !key.revoked),
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
