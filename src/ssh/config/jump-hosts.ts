/** One host of a ProxyJump. */
export interface Hop {
  readonly host: string;
  readonly user: string | null;
  readonly port: string | null;
}

const hopOf = (word: string): Hop | null => {
  const plain = word.replace(/^ssh:\/\//, '').replace(/\/$/, '');
  const parts = /^(?:(?<user>.+)@)?(?:\[(?<v6>[^\]]+)\]|(?<name>[^:@\s[\]]+))(?::(?<port>\d+))?$/.exec(plain)?.groups;
  const host = parts?.['v6'] ?? parts?.['name'];
  const port = parts?.['port'] ?? null;
  if (host === undefined || host.startsWith('-') || (port !== null && !(Number(port) >= 1 && Number(port) <= 65_535))) {
    return null;
  }
  return { host, user: parts?.['user'] ?? null, port };
};

/**
 * The hosts of a ProxyJump as ssh(1) takes them: the last is the one next to the target, and those before it are its own
 * ProxyJump. `[]` for `none`, `null` for what it does not take.
 */
export const hopsOf = (text: string): readonly Hop[] | null => {
  const plain = text.replace(/#.*$/s, '').trim();
  if (plain.toLowerCase() === 'none') return [];
  const hops = plain.split(',').map(hopOf);
  const found = hops.filter((hop) => hop !== null);
  return found.length === hops.length ? found : null;
};

/** The same as text for `-J`. */
export const jumpText = (hops: readonly Hop[]): string =>
  hops
    .map(({ host, user, port }) => {
      const name = host.includes(':') ? `[${host}]` : host;
      return `${user === null ? '' : `${user}@`}${name}${port === null ? '' : `:${port}`}`;
    })
    .join(',');
