import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';
import { quote } from './quote.ts';

/** Text for the shell of a host. Made by `sh`, so that every value in it is quoted. */
export interface Script {
  readonly text: string;
  /** Names of the function libraries it calls; each is put into a program once. */
  readonly libraries: readonly string[];
  /** What `‹secret:0›`, `‹secret:1›`, … in the text stand for; they are put in as the text leaves for a host. */
  readonly secrets?: readonly Secret[];
}

export type ScriptValue = string | number | Script | readonly string[];

const secretMark = (index: number): string => `‹secret:${index}›`;
const secretMarks = /‹secret:(\d+)›/g;

/** The text of a script that stands in another one behind so many secrets. */
const shifted = ({ text, secrets = [] }: Script, by: number): string =>
  text.replace(secretMarks, (mark, index: string) =>
    Number(index) < secrets.length ? secretMark(Number(index) + by) : mark,
  );

const refuseWord = (value: unknown): void => {
  if (!(value instanceof Secret)) return;
  throw new FleetError({
    code: 'shell.secret-word',
    message:
      'A secret cannot be a word of a command: every user of a host can read the command lines of its processes.',
    remedy: 'Give it to the command on its stdin: withInput(secret, sh`chpasswd`).',
  });
};

const valueText = (value: ScriptValue): string => {
  refuseWord(value);
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
  const secrets: Secret[] = [];
  const text = dedent(joined).replace(/\u0001(\d+)\u0001/g, (_, index: string) => {
    const value = values[Number(index)];
    if (value === undefined) return '';
    if (typeof value !== 'object' || !('text' in value)) return valueText(value);
    const inside = shifted(value, secrets.length);
    secrets.push(...(value.secrets ?? []));
    return inside;
  });
  return scriptOf(text, merge(...values.map(valueLibraries)), secrets);
};

const scriptOf = (text: string, libraries: readonly string[], secrets: readonly Secret[]): Script => ({
  text,
  libraries,
  ...(secrets.length === 0 ? {} : { secrets }),
});

/** One script of several, each in a place of its own: `wrap` makes text of the text of each. */
export const joined = (scripts: readonly Script[], wrap: (text: string) => string, between: string): Script => {
  const secrets: Secret[] = [];
  const texts = scripts.map((script) => {
    const text = wrap(shifted(script, secrets.length));
    secrets.push(...(script.secrets ?? []));
    return text;
  });
  return scriptOf(texts.join(between), merge(...scripts.map(({ libraries }) => libraries)), secrets);
};

/**
 * The same script with a secret on its stdin, without a newline after it. It is written by the shell itself (printf is
 * built into dash, bash and busybox), so it is in no command line and in no environment; a here-document would put it
 * into a file.
 */
export const withInput = (secret: Secret, script: Script): Script =>
  scriptOf(`printf %s ${secretMark(0)} | {\n:\n${shifted(script, 1)}\n}`, script.libraries, [
    secret,
    ...(script.secrets ?? []),
  ]);

/** The same script, which calls functions of the named libraries (in the order that they need each other). */
export const using = (libraries: readonly string[], script: Script): Script => ({
  ...script,
  libraries: merge(libraries, script.libraries),
});

/** Gives the text of a library, `templates/host/NAME.sh`. */
export type LibrarySource = (name: string) => string;

/** The text of all libraries that the scripts call, each once. */
export const libraryText = (scripts: readonly Script[], source: LibrarySource): string =>
  merge(...scripts.map((script) => script.libraries))
    .map((name) => source(name).trimEnd())
    .join('\n');

/** Gives the content of a secret, to be put into what goes to a host's stdin. */
export type OpenSecret = (secret: Secret) => string;

/** What is kept in a file of a host holds no secret: trees are checked for that when they are loaded. */
const closed: OpenSecret = () => {
  throw new Error('a secret stands where nobody opens it');
};

const openText = ({ text, secrets = [] }: Script, open: OpenSecret): string =>
  secrets.length === 0
    ? text
    : text.replace(secretMarks, (mark, index: string) => {
        const secret = secrets[Number(index)];
        return secret === undefined ? mark : quote(open(secret));
      });

/** A shell function of that name. An empty body is no function in POSIX, hence the colon. */
export const functionText = (name: string, script: Script, open: OpenSecret = closed): string =>
  `${name}() {\n:\n${openText(script, open)}\n}`;
