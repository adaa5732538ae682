import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { fingerprint } from './host-key.ts';
import { keyUnusable } from './key-problems.ts';
import { publicPart } from './public-part.ts';
import { errorCode, errorMessage } from './reasons.ts';
import { ssh2 } from './ssh2.ts';

export type PrivateKey =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  /** It needs a passphrase: the agent may hold it, opened. */
  | { readonly kind: 'locked'; readonly content: string; readonly fingerprint: string | undefined }
  /** The public half alone: the agent may hold the other. */
  | { readonly kind: 'public'; readonly fingerprint: string };

const readable = async (host: Host, file: string): Promise<string> => {
  try {
    const { mode, uid } = await stat(file);
    const content = await readFile(file, 'utf8');
    // The same condition as in ssh(1): others' keys (uid differs) are their own affair.
    if (uid === process.getuid?.() && (mode & 0o077) !== 0 && content.includes('PRIVATE KEY')) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw keyUnusable(
        host,
        file,
        `may be read by others (mode ${octal}), so it is not used`,
        `chmod 600 ${quote(file)}`,
      );
    }
    return content;
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    const why = errorCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${errorMessage(error)}`;
    const remedy = `ls -l ${quote(file)}, or correct ansible_ssh_private_key_file in the inventory`;
    throw keyUnusable(host, file, why, remedy, error);
  }
};

const parsed = (content: string, passphrase?: string): ParsedKey | Error => {
  const keys = ssh2.utils.parseKey(content, passphrase);
  return Array.isArray(keys) ? (keys[0] ?? new Error('it holds no key')) : keys;
};

/** The key in the text of a file, opened with its passphrase; nothing when that is not the right one. */
export const unlockPrivateKey = (content: string, passphrase: string): ParsedKey | undefined => {
  const key = parsed(content, passphrase);
  return key instanceof Error || !key.isPrivateKey() ? undefined : key;
};

/** Reads a private key as ssh(1) would: refuses one that others may read. Rejects with `ConnectionError` `auth`. */
export const readPrivateKey = async (host: Host, file: string): Promise<PrivateKey> => {
  const content = await readable(host, file);
  const key = parsed(content);
  if (!(key instanceof Error)) {
    return key.isPrivateKey() ? { kind: 'key', key } : { kind: 'public', fingerprint: fingerprint(key.getPublicSSH()) };
  }
  if (/encrypted|passphrase/i.test(key.message)) {
    return { kind: 'locked', content, fingerprint: await publicPart(file, content) };
  }
  const why = `is not a key that can be used: ${key.message}`;
  throw keyUnusable(host, file, why, `ssh-keygen -y -f ${quote(file)}`, key);
};
