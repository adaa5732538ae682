import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/** Without group exchange: Node checks the group's prime, which blocks every other host for 1.5 s a connection. */
const kex: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group16-sha512',
];

const cipher: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
];

/** Without SHA-1. */
const hmac: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
];

/** Without `ssh-rsa`, whose signatures are SHA-1: an RSA key signs as `rsa-sha2-*` (RFC 8332). */
const hostKeys: readonly { readonly keyType: string; readonly algorithm: ServerHostKeyAlgorithm }[] = [
  { keyType: 'ssh-ed25519', algorithm: 'ssh-ed25519' },
  { keyType: 'ecdsa-sha2-nistp256', algorithm: 'ecdsa-sha2-nistp256' },
  { keyType: 'ecdsa-sha2-nistp384', algorithm: 'ecdsa-sha2-nistp384' },
  { keyType: 'ecdsa-sha2-nistp521', algorithm: 'ecdsa-sha2-nistp521' },
  { keyType: 'ssh-rsa', algorithm: 'rsa-sha2-512' },
  { keyType: 'ssh-rsa', algorithm: 'rsa-sha2-256' },
];

/**
 * What we offer to a host. The host answers with the first of our host key algorithms that it has (RFC 4253, 7.1), so
 * the types of key that we know of it come first: else a host of which we know the RSA key alone would look changed.
 */
export const algorithms = (knownKeyTypes: ReadonlySet<string>): Algorithms => ({
  kex: [...kex],
  cipher: [...cipher],
  hmac: [...hmac],
  compress: ['none'],
  serverHostKey: [
    ...hostKeys.filter(({ keyType }) => knownKeyTypes.has(keyType)),
    ...hostKeys.filter(({ keyType }) => !knownKeyTypes.has(keyType)),
  ].map(({ algorithm }) => algorithm),
});
