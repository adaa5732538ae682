import { readFile, stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { hostFacts } from './naming.ts';
import { errorCode, errorMessage } from './reasons.ts';
import { ssh2 } from './ssh2.ts';

export type PrivateKey =
  | { readonly kind: 'key'; readonly key: ParsedKey }
  /** It needs a passphrase: the agent may hold it, opened. */
  | { readonly kind: 'encrypted' };

const problem = (host: Host, file: string, why: string, remedy: string, cause?: unknown): ConnectionError =>
  new ConnectionError(
    'auth',
    {
      code: 'ssh.private-key',
      message: `${host.name}: the private key ${file} ${why}.`,
      remedy,
      facts: { ...hostFacts(host), file },
    },
    cause,
  );

const readable = async (host: Host, file: string): Promise<string> => {
  try {
    const { mode, uid } = await stat(file);
    // The same condition as in ssh(1): others' keys (uid differs) are their own affair.
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      throw problem(host, file, `may be read by others (mode ${octal}), so it is not used`, `chmod 600 ${quote(file)}`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ConnectionError) {
      throw error;
    }
    const why = errorCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${errorMessage(error)}`;
    throw problem(
      host,
      file,
      why,
      `ls -l ${quote(file)}, or correct ansible_ssh_private_key_file in the inventory`,
      error,
    );
  }
};

/** Reads a private key as ssh(1) would: refuses one that others may read. Rejects with `ConnectionError` `auth`. */
export const readPrivateKey = async (host: Host, file: string): Promise<PrivateKey> => {
  const parsed = ssh2.utils.parseKey(await readable(host, file));
  if (!(parsed instanceof Error)) {
    const key = Array.isArray(parsed) ? parsed[0] : parsed;
    if (key?.isPrivateKey()) {
      return { kind: 'key', key };
    }
    throw problem(host, file, 'holds a public key only', 'Name the file without .pub in ansible_ssh_private_key_file');
  }
  if (/encrypted|passphrase/i.test(parsed.message)) {
    return { kind: 'encrypted' };
  }
  throw problem(
    host,
    file,
    `is not a key that can be used: ${parsed.message}`,
    `ssh-keygen -y -f ${quote(file)}`,
    parsed,
  );
};
