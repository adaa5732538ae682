import { Unsupported } from './unsupported.ts';

/** A string literal at `index`, without what follows; `undefined` when none is there or it is not closed. */
export interface Literal {
  readonly text: string;
  readonly isBytes: boolean;
  readonly end: number;
}

const OPENING = /(?<prefix>[rR]|[uU]|[bB]|[rR][bB]|[bB][rR]|)(?<quote>"""|'''|"|')/y;

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

const ESCAPES = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|N(\{)|([xuU])|(.))/gs;

/** What escapes stand for; an unknown one stands for itself, backslash and all. `undefined`: Python refuses the text. */
const withoutEscapes = (body: string, isBytes: boolean): string | undefined => {
  let broken = false;
  const text = body.replaceAll(ESCAPES, (all, x, u, long, octal, name, cut, other) => {
    if (isBytes && (u ?? long ?? name ?? (cut === 'x' ? undefined : cut)) !== undefined) return all;
    if (name !== undefined) throw new Unsupported('a character by its name (\\N{…})');
    const digits = x ?? u ?? long;
    if (digits !== undefined && Number.parseInt(digits, 16) <= 0x10ffff) {
      return String.fromCodePoint(Number.parseInt(digits, 16));
    }
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8) % (isBytes ? 256 : 512));
    if (digits !== undefined || cut !== undefined) broken = true;
    return SIMPLE.get(other) ?? all;
  });
  return broken ? undefined : text;
};

/** Reads `'…'`, `"…"` or a tripled one, with a prefix of r, b or u (https://docs.python.org/3/reference/lexical_analysis.html). */
export const stringAt = (source: string, index: number): Literal | undefined => {
  OPENING.lastIndex = index;
  const { prefix = '', quote = '' } = OPENING.exec(source)?.groups ?? {};
  if (quote === '') return undefined;
  const open = index + prefix.length + quote.length;
  let end = open;
  while (end < source.length && !source.startsWith(quote, end)) end += source.charAt(end) === '\\' ? 2 : 1;
  if (end >= source.length) return undefined;
  const body = source.slice(open, end);
  const isBytes = /b/i.test(prefix);
  if (isBytes && /[^\x00-\x7f]/.test(body)) return undefined;
  const text = /r/i.test(prefix) ? body : withoutEscapes(body, isBytes);
  return text === undefined ? undefined : { text, isBytes, end: end + quote.length };
};
