import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from '../../../src/lab/index.ts';
import { type Keys, signatureOf } from './keys.ts';

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A GUID as UEFI keeps it: the first three parts in little endian. */
const guid = (text: string): Buffer => {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
};

const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const SECURITY = 'd719b2cb-3d3a-4596-a3bc-dad00e67656f';
const X509 = 'a5c059a1-94e4-4aa7-87b5-ab155c2bf072';
const PKCS7 = '4aafd29d-68df-49ee-8aa9-347d375665a7';
const OWNER = '11111111-2222-3333-4444-555555555555';

/** Kept, seen by firmware and system, and changed only by who signs the change (UEFI specification, 8.2). */
const attributes = number(0x27);

/** The first of November 2026. */
const time = Buffer.from('ea070b01000000000000000000000000', 'hex');

const signatureList = (certificate: Buffer): Buffer =>
  Buffer.concat([
    guid(X509),
    ...[28 + 16 + certificate.length, 0, 16 + certificate.length].map(number),
    guid(OWNER),
    certificate,
  ]);

const authenticated = (signature: Buffer): Buffer =>
  Buffer.concat([time, number(24 + signature.length), Buffer.from('0002f10e', 'hex'), guid(PKCS7), signature]);

/**
 * Makes a machine's firmware know one certificate and no other: it may sign what boots (db) and the changes of the lists (KEK), and it
 * is the platform's own (PK), which turns Secure Boot on. Without keys the firmware lets anybody do so, once; PK alone must be
 * signed by itself (UEFI specification, 32.3 and 8.2.2).
 */
export const enrol = async (machine: Machine, keys: Keys, directory: string): Promise<void> => {
  const list = signatureList(readFileSync(keys.der));
  const toSign = join(directory, 'pk');
  writeFileSync(toSign, Buffer.concat([Buffer.from('PK', 'utf16le'), guid(GLOBAL), attributes, time, list]));
  const variables: readonly (readonly [name: string, vendor: string, signature: Buffer])[] = [
    ['db', SECURITY, Buffer.alloc(0)],
    ['KEK', GLOBAL, Buffer.alloc(0)],
    ['PK', GLOBAL, signatureOf(keys, toSign)],
  ];
  for (const [name, vendor, signature] of variables) {
    const bytes = Buffer.concat([attributes, authenticated(signature), list]).toString('base64');
    // The kernel takes a variable in one write.
    await machine.say(`echo ${bytes} | base64 -d > /run/variable
dd if=/run/variable of=/sys/firmware/efi/efivars/${name}-${vendor} bs=64k`);
  }
};
