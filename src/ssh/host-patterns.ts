import { createHmac } from 'node:crypto';

/** Says whether a host, named as known_hosts names it, is meant. */
export type HostMatcher = (name: string) => boolean;

/** The host as known_hosts names it: `[address]:port` unless the port is 22 (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export const knownHostsName = (address: string, port: number): string =>
  port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`;

/** `*` and `?` alone are special: the brackets of `[host]:port` are text. */
const glob = (pattern: string): HostMatcher => {
  const body = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${body}$`, 's');
  return (name) => expression.test(name);
};

const exact = (pattern: string): HostMatcher => {
  const wanted = pattern.toLowerCase();
  return (name) => name === wanted;
};

const one = (pattern: string): HostMatcher => (/[*?]/.test(pattern) ? glob(pattern) : exact(pattern));

/** `|1|salt|hash`: HMAC-SHA1 of the name with the salt as its key. */
const hashed = (field: string): HostMatcher | undefined => {
  const [empty, version, salt, hash, ...rest] = field.split('|');
  if (empty !== '' || version !== '1' || !salt || !hash || rest.length > 0) {
    return undefined;
  }
  const key = Buffer.from(salt, 'base64');
  const wanted = Buffer.from(hash, 'base64');
  if (key.length !== 20 || wanted.length !== 20) {
    return undefined;
  }
  return (name) => createHmac('sha1', key).update(name).digest().equals(wanted);
};

/**
 * The first field of a known_hosts line: patterns with commas between, where a `!pattern` that matches overrides all
 * others; or one hashed name. `undefined` for a hash that is none.
 */
export const hostMatcher = (field: string): HostMatcher | undefined => {
  if (field.startsWith('|')) {
    return hashed(field);
  }
  const patterns = field.split(',').filter((pattern) => pattern !== '');
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(one);
  const refused = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => one(pattern.slice(1)));
  return (name) => wanted.some((matches) => matches(name)) && !refused.some((matches) => matches(name));
};
