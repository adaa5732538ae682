import { readFile } from 'node:fs/promises';
import { fingerprint } from './host-key.ts';
import { ssh2 } from './ssh2.ts';

const magic = 'openssh-key-v1\0';

/** The public key at the head of OpenSSH's own format, which no passphrase hides (PROTOCOL.key of OpenSSH). */
const fromHead = (text: string): Buffer | undefined => {
  const [, body] = /^-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text.trimStart()) ?? [];
  const data = Buffer.from(body ?? '', 'base64');
  if (data.toString('latin1', 0, magic.length) !== magic) return undefined;
  try {
    let at = magic.length;
    const field = (): Buffer => {
      const length = data.readUInt32BE(at);
      at += 4 + length;
      return data.subarray(at - length, at);
    };
    for (const _ of ['cipher', 'derivation', 'options of it']) field();
    at += 4;
    return field();
  } catch {
    // Cut short: whoever reads the key itself will say so.
    return undefined;
  }
};

/** `ssh-ed25519`: the type of the key in a file that may need a passphrase; nothing where the file does not tell. */
export const privateKeyType = (content: string): string | undefined => {
  const head = fromHead(content);
  return head?.toString('latin1', 4, 4 + head.readUInt32BE(0));
};

/** The fingerprint of the key in a file that may need a passphrase, or of the `.pub` beside it. */
export const publicPart = async (file: string, content: string): Promise<string | undefined> => {
  const head = fromHead(content);
  if (head !== undefined) return fingerprint(head);
  const beside = await readFile(`${file}.pub`, 'utf8').catch(() => '');
  const parsed = ssh2.utils.parseKey(beside);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  return key === undefined || key instanceof Error ? undefined : fingerprint(key.getPublicSSH());
};
