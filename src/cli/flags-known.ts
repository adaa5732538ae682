/** What the parser of words knows of the command that is called, besides what was typed. */
export interface KnownFlags {
  /** Every name of every flag. */
  readonly names: readonly string[];
  /** All names of a flag, the given one among them. */
  readonly alike: (name: string) => readonly string[];
  /** Flags that nobody typed: they have the value that holds unless said. */
  readonly unsaid: (name: string, value: unknown) => boolean;
  readonly isList: (name: string) => boolean;
  readonly isNumber: (name: string) => boolean;
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined;

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const optionsOf = (parser: unknown): unknown => {
  if (typeof parser !== 'function' && (typeof parser !== 'object' || parser === null)) return {};
  return 'getOptions' in parser && typeof parser.getOptions === 'function' ? parser.getOptions() : {};
};

const parsedOf = (parser: unknown): unknown =>
  (typeof parser === 'function' || (typeof parser === 'object' && parser !== null)) && 'parsed' in parser
    ? parser.parsed
    : {};

/**
 * What yargs knows of its flags. `getOptions` and `parsed` are its own, as its middleware and its completion use them;
 * its types leave them out.
 */
export const knownFlags = (parser: unknown): KnownFlags => {
  const options = optionsOf(parser);
  const parsed = parsedOf(parser);
  const aliases = field(parsed, 'aliases');
  const defaulted = field(parsed, 'defaulted');
  const lists = new Set(texts(field(options, 'array')));
  const numbers = new Set(texts(field(options, 'number')));
  const counts = new Set(texts(field(options, 'count')));
  const alike = (name: string): readonly string[] => [name, ...texts(field(aliases, name))];
  const anyOf = (among: ReadonlySet<string>) => (name: string) => alike(name).some((each) => among.has(each));
  return {
    names: Object.keys(field(options, 'key') ?? {}),
    alike,
    unsaid: (name, value) =>
      value === undefined ||
      alike(name).some((each) => field(defaulted, each) === true) ||
      (anyOf(counts)(name) && value === 0),
    isList: anyOf(lists),
    isNumber: anyOf(numbers),
  };
};

/** Every name of every flag that takes a value. */
export const flagsTakingValues = (parser: unknown): ReadonlySet<string> => {
  const options = optionsOf(parser);
  const aliases = field(options, 'alias');
  return new Set(Object.keys(field(options, 'narg') ?? {}).flatMap((name) => [name, ...texts(field(aliases, name))]));
};
