import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { openSecret, type Secret } from '../model/secret.ts';
import { type Damage, type Envelope, readEnvelope } from './envelope.ts';

/** One password, and the `--vault-id` label that it was given under (`default` without one). */
export interface VaultPassword {
  readonly label: string;
  readonly password: Secret;
}

/** As ansible-vault derives them: PBKDF2 with SHA-256 and 10,000 rounds into two keys and the counter's first block. */
const ROUNDS = 10_000;
const KEY = 32;
const COUNTER = 16;

const unlock = (envelope: Envelope, password: Secret): string | undefined => {
  const derived = pbkdf2Sync(String(openSecret(password)), envelope.salt, ROUNDS, 2 * KEY + COUNTER, 'sha256');
  const hmac = createHmac('sha256', derived.subarray(KEY, 2 * KEY))
    .update(envelope.ciphertext)
    .digest();
  if (hmac.length !== envelope.hmac.length || !timingSafeEqual(hmac, envelope.hmac)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', derived.subarray(0, KEY), derived.subarray(2 * KEY));
  const padded = Buffer.concat([decipher.update(envelope.ciphertext), decipher.final()]);
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0)).toString('utf8');
};

export type Opened =
  | { readonly kind: 'opened'; readonly text: string }
  | { readonly kind: 'no-password'; readonly label: string | null }
  | { readonly kind: 'wrong-password'; readonly label: string | null }
  | ({ readonly kind: 'damaged' } & Damage);

/**
 * Opens an encrypted text with the first password that fits. As in Ansible, those under the text's own label are tried
 * first and then all others.
 */
export const openVaulted = (text: string, passwords: readonly VaultPassword[]): Opened => {
  const envelope = readEnvelope(text);
  if ('damage' in envelope) return { kind: 'damaged', ...envelope };
  const { label } = envelope;
  if (passwords.length === 0) return { kind: 'no-password', label };
  const fits = (given: VaultPassword): boolean => label !== null && given.label === label;
  for (const { password } of [...passwords.filter(fits), ...passwords.filter((given) => !fits(given))]) {
    const opened = unlock(envelope, password);
    if (opened !== undefined) return { kind: 'opened', text: opened };
  }
  return { kind: 'wrong-password', label };
};
