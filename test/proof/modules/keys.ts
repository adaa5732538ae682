import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A key that somebody signs with, and its certificate, as files. */
export interface Keys {
  readonly commonName: string;
  /** PEM. */
  readonly key: string;
  /** PEM; `der` is the same in DER. */
  readonly cert: string;
  readonly der: string;
}

const openssl = (...words: readonly string[]): void => {
  execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** Makes a key and a certificate as the kernel's documentation has them made (admin-guide/module-signing.rst). */
export const makeKeys = (directory: string, commonName: string): Keys => {
  const file = (ending: string): string => join(directory, `${commonName.replaceAll(' ', '-')}.${ending}`);
  const keys = { commonName, key: file('key'), cert: file('pem'), der: file('der') };
  const subject = ['-subj', `/CN=${commonName}/`, '-addext', 'keyUsage=digitalSignature'];
  const files = ['-keyout', keys.key, '-out', keys.cert];
  openssl('req', '-x509', '-new', '-nodes', '-newkey', 'rsa:2048', '-sha256', '-days', '3650', ...subject, ...files);
  openssl('x509', '-in', keys.cert, '-outform', 'DER', '-out', keys.der);
  return keys;
};

/** A detached signature of a file's content: the bare SignedData of PKCS #7, which is what UEFI wants. */
export const signatureOf = (keys: Keys, file: string): Buffer => {
  const signed = `${file}.p7`;
  const detached = ['-sign', '-binary', '-noattr', '-md', 'sha256', '-outform', 'DER'];
  openssl('smime', ...detached, '-in', file, '-signer', keys.cert, '-inkey', keys.key, '-out', signed);
  // Openssl wraps it into a ContentInfo: a sequence of 4 bytes, the type of 11, and a tag of 4.
  return readFileSync(signed).subarray(19);
};
