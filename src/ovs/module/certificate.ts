import { X509Certificate } from 'node:crypto';
import { FleetError } from '../../model/error.ts';
import { localBytes } from '../../playbook/index.ts';
import { type ModuleParams, signs } from './choice.ts';

/** The certificate that an operator signs modules with, as far as hosts are asked of it. */
export interface Certificate {
  /**
   * What a kernel calls its key in /proc/keys, in hexadecimal: the subject's key identifier, else the serial number without
   * leading zeros (Linux, crypto/asymmetric_keys/x509_public_key.c, x509_key_preparse).
   */
  readonly keyId: string;
  /** SHA-256 of the whole certificate, in hexadecimal. */
  readonly fingerprint: string;
}

/** The extension of 2.5.29.14, down to the length of the identifier in it (RFC 5280, 4.2.1.2). */
const KEY_IDENTIFIER = Buffer.from('0603551d0e04', 'hex');

const keyIdentifier = (der: Buffer): string | undefined => {
  const at = der.indexOf(KEY_IDENTIFIER);
  // Two octet strings, one in the other: each a tag and a length below 128.
  const length = at < 0 ? undefined : der[at + KEY_IDENTIFIER.length + 2];
  if (length === undefined) return undefined;
  const from = at + KEY_IDENTIFIER.length + 3;
  return der.subarray(from, from + length).toString('hex');
};

/** Reads a certificate, DER or PEM. Throws `ovs.sign` when it is none, `files.unreadable`. */
export const certificateOf = (file: string): Certificate => {
  const { path, bytes } = localBytes(file);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(bytes);
  } catch (error) {
    throw new FleetError(
      {
        code: 'ovs.sign',
        message: `${path} is no certificate.`,
        remedy: 'Give -e sign_cert= the file that mokutil --import was given, DER or PEM.',
      },
      error,
    );
  }
  return {
    keyId: keyIdentifier(certificate.raw) ?? certificate.serialNumber.toLowerCase().replace(/^(00)+/, ''),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
};

/** The certificate that the modules shall be signed with; null when nobody signs. Throws `ovs.sign`, `files.unreadable`. */
export const signingCertificate = (params: ModuleParams): Certificate | null =>
  signs(params) ? certificateOf(params.sign_cert) : null;
