import { quote } from './quote.ts';

/** Text for the shell of a host. Made by `sh`, so that every value in it is quoted. */
export interface Script {
  readonly text: string;
  /** Names of the function libraries it calls; each is put into a program once. */
  readonly libraries: readonly string[];
}

export type ScriptValue = string | number | Script | readonly string[];

const valueText = (value: ScriptValue): string => {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return String(value);
  return 'text' in value ? value.text : value.map(quote).join(' ');
};

const valueLibraries = (value: ScriptValue): readonly string[] =>
  typeof value === 'object' && 'text' in value ? value.libraries : [];

/** Takes the common indentation away, so that a template literal can stand indented in its source. */
const dedent = (text: string): string => {
  const lines = text
    .replace(/^\n/, '')
    .replace(/\n[ \t]*$/, '')
    .split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((line) => line.slice(common)).join('\n');
};

const merge = (...lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

/**
 * A shell script from a template literal: strings and numbers become one quoted word, lists one word an item, and
 * other scripts go in as they are. Backslashes in the template stay as written.
 */
export const sh = (strings: TemplateStringsArray, ...values: readonly ScriptValue[]): Script => {
  // A template's own lines are dedented before values go in: a value keeps its spaces.
  const mark = (index: number): string => `\u0001${index}\u0001`;
  const joined = strings.raw.map((part, index) => (index < values.length ? part + mark(index) : part)).join('');
  // One pass, so that a value which looks like a mark stays what it is.
  const text = dedent(joined).replace(/\u0001(\d+)\u0001/g, (_, index: string) => {
    const value = values[Number(index)];
    return value === undefined ? '' : valueText(value);
  });
  return { text, libraries: merge(...values.map(valueLibraries)) };
};

/** The same script, which calls functions of the named libraries (in the order that they need each other). */
export const using = (libraries: readonly string[], script: Script): Script => ({
  text: script.text,
  libraries: merge(libraries, script.libraries),
});

/** Gives the text of a library, `templates/host/NAME.sh`. */
export type LibrarySource = (name: string) => string;

/** The text of all libraries that the scripts call, each once. */
export const libraryText = (scripts: readonly Script[], source: LibrarySource): string =>
  merge(...scripts.map((script) => script.libraries))
    .map((name) => source(name).trimEnd())
    .join('\n');

/** A shell function of that name. An empty body is no function in POSIX, hence the colon. */
export const functionText = (name: string, script: Script): string => `${name}() {\n:\n${script.text}\n}`;
