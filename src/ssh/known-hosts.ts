import { type HostMatcher, hostMatcher } from './host-patterns.ts';

export interface KnownHostKey {
  readonly file: string;
  readonly line: number;
  /** What the line says of the key: the host's own, `@revoked`, or of an authority for host certificates. */
  readonly is: 'own' | 'revoked' | 'authority';
  readonly matches: HostMatcher;
  readonly keyType: string;
  /** The public key as it goes over the wire. */
  readonly key: Buffer;
}

/** A line that could not be read; as in OpenSSH it makes no other line invalid. */
export interface BrokenLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface KnownHosts {
  readonly keys: readonly KnownHostKey[];
  readonly broken: readonly BrokenLine[];
}

type ParsedLine =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'key'; readonly key: Omit<KnownHostKey, 'file' | 'line'> };

const broken = (reason: string): ParsedLine => ({ kind: 'broken', reason });

/** A key on the wire begins with its own type, after four bytes of length (RFC 4253, 6.6). */
export const wireKeyType = (key: Buffer): string | undefined => {
  if (key.length < 4) {
    return undefined;
  }
  const length = key.readUInt32BE(0);
  return key.length > 4 + length ? key.toString('latin1', 4, 4 + length) : undefined;
};

const markers: ReadonlyMap<string, KnownHostKey['is']> = new Map([
  ['@revoked', 'revoked'],
  ['@cert-authority', 'authority'],
]);

const parseLine = (text: string): ParsedLine => {
  const line = text.trim();
  if (line === '' || line.startsWith('#')) {
    return { kind: 'nothing' };
  }
  const words = line.split(/[ \t]+/);
  const marker = line.startsWith('@') ? words[0] : undefined;
  const is = marker === undefined ? 'own' : markers.get(marker);
  if (is === undefined) {
    return broken(`unknown marker ${marker}`);
  }
  const [hosts, keyType, encoded] = marker === undefined ? words : words.slice(1);
  if (hosts === undefined || keyType === undefined || encoded === undefined) {
    return broken('it has no host, key type and key');
  }
  const matches = hostMatcher(hosts);
  if (matches === undefined) {
    return broken('its hashed host name is damaged');
  }
  const key = Buffer.from(encoded, 'base64');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || wireKeyType(key) !== keyType) {
    return broken(`its key is not a whole ${keyType} key`);
  }
  return { kind: 'key', key: { is, matches, keyType, key } };
};

/** Reads the text of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export const parseKnownHosts = (file: string, text: string): KnownHosts => {
  const keys: KnownHostKey[] = [];
  const brokenLines: BrokenLine[] = [];
  for (const [index, lineText] of text.split('\n').entries()) {
    const parsed = parseLine(lineText);
    const line = index + 1;
    switch (parsed.kind) {
      case 'nothing':
        break;
      case 'broken':
        brokenLines.push({ file, line, reason: parsed.reason });
        break;
      case 'key':
        keys.push({ file, line, ...parsed.key });
        break;
    }
  }
  return { keys, broken: brokenLines };
};
