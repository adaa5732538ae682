/** Says whether a name is meant. */
export type Matches = (name: string) => boolean;

/** A pattern of ssh_config(5): `*` and `?` alone are special. */
export const patternOf = (pattern: string): Matches => {
  if (!/[*?]/.test(pattern)) return (name) => name === pattern;
  if (/^\*+$/.test(pattern)) return () => true;
  const body = pattern
    .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${body}$`, 's');
  return (name) => expression.test(name);
};

const anyOf = (patterns: readonly string[]): Matches => {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(patternOf);
  const refused = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => patternOf(pattern.slice(1)));
  return (name) => wanted.some((matches) => matches(name)) && !refused.some((matches) => matches(name));
};

/** Of a `Host` line: one that matches and none with `!` that does. Case counts, as in ssh(1). */
export const hostLine = (patterns: readonly string[]): Matches => anyOf(patterns);

/** Of a `Match` criterion: patterns with commas between. */
export const patternList = (list: string): Matches => anyOf(list.split(','));

/** The same for names of hosts, whose case does not count. */
export const hostPatternList = (list: string): Matches => {
  const matches = patternList(list.toLowerCase());
  return (name) => matches(name.toLowerCase());
};
