import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import { type Offer, offered } from './algorithm-list.ts';

/** Without group exchange: Node checks the group's prime, which blocks every other host for 1.5 s a connection. */
const kex: Offer<KexAlgorithm> = {
  ours: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
  ],
  more: [
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group-exchange-sha1',
    'diffie-hellman-group14-sha1',
    'diffie-hellman-group1-sha1',
  ],
};

const cipher: Offer<CipherAlgorithm> = {
  ours: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  more: ['aes192-ctr', 'aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc'],
};

/** Without SHA-1. */
const mac: Offer<MacAlgorithm> = {
  ours: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  more: ['hmac-sha1-etm@openssh.com', 'hmac-sha1', 'hmac-md5'],
};

/** Without `ssh-rsa`, whose signatures are SHA-1: an RSA key signs as `rsa-sha2-*` (RFC 8332). */
const hostKey: Offer<ServerHostKeyAlgorithm> = {
  ours: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  more: ['ssh-rsa', 'ssh-dss'],
};

/** The type of the keys that sign so. */
const keyTypeOf = (algorithm: ServerHostKeyAlgorithm): string =>
  algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm;

type Written = ConnectionSettings['algorithms'];

/** What of each kind we offer to a host; one of which nothing is left cannot be done by ssh2. */
const offers = (written: Written) => ({
  kex: offered(written.kex, kex),
  cipher: offered(written.cipher, cipher),
  mac: offered(written.mac, mac),
  hostKey: offered(written.hostKey, hostKey),
});

/** The kinds of algorithms of which ssh2 can do none that is allowed. */
export const kindsBeyondSsh2 = (written: Written): readonly (keyof ReturnType<typeof offers>)[] => {
  const found = offers(written);
  return (['kex', 'cipher', 'mac', 'hostKey'] as const).filter((kind) => found[kind].length === 0);
};

/**
 * What we offer to a host. The host answers with the first of our host key algorithms that it has (RFC 4253, 7.1), so
 * the types of key that we know of it come first: else a host of which we know the RSA key alone would look changed. An
 * order that ssh_config gives stays, as in ssh(1).
 */
export const algorithms = (written: Written, knownKeyTypes: ReadonlySet<string>): Algorithms => {
  const found = offers(written);
  const isKnown = (algorithm: ServerHostKeyAlgorithm): boolean => knownKeyTypes.has(keyTypeOf(algorithm));
  const ordered = written.hostKey !== null && !/^[+-]/.test(written.hostKey);
  return {
    kex: [...found.kex],
    cipher: [...found.cipher],
    hmac: [...found.mac],
    compress: ['none'],
    serverHostKey: ordered
      ? [...found.hostKey]
      : [...found.hostKey.filter(isKnown), ...found.hostKey.filter((algorithm) => !isKnown(algorithm))],
  };
};
