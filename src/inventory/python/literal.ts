import type { Position, ScalarValue, YamlEntry, YamlNode, YamlScalar } from '../../yaml/index.ts';
import { numberAt } from './numbers.ts';
import { stringAt } from './strings.ts';
import { Unsupported } from './unsupported.ts';

/** Words that stand for values: Python's, and those of JSON where a template gives them. */
const PYTHON: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const WITH_JSON: ReadonlyMap<string, ScalarValue> = new Map<string, ScalarValue>([
  ...PYTHON,
  ['true', true],
  ['false', false],
  ['null', null],
]);

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' };
const DEEPEST = 64;

/** Not a literal: the text means itself. */
class NoLiteral extends Error {}

/** One for all: most texts are no literals, and an error that is made anew costs more than reading them. */
const noLiteral = new NoLiteral();

/** How a literal can begin. */
const BEGINNING = /^[ \t]*(?:[-+\d.([{'"]|True|False|None|true|false|null|set\b|[rRbBuU]{1,2}['"])/;

const reader = (source: string, at: Position, words: ReadonlyMap<string, ScalarValue>) => {
  let index = 0;
  let depth = 0;
  let odd: string | undefined;
  let bytes = false;

  const scalar = (value: ScalarValue, text: string): YamlScalar => ({ kind: 'scalar', value, text, at });

  /** A value that Python reads and JSON has not; told only if the whole text is a literal. */
  const isOdd = (what: string): YamlScalar => {
    odd ??= what;
    return scalar(null, '');
  };

  const skip = (): void => {
    const blank = /(?:[ \t\f]|#.*$)*/sy;
    blank.lastIndex = index;
    index += blank.exec(source)?.[0].length ?? 0;
  };
  const peek = (): string => {
    skip();
    return source.charAt(index);
  };
  const take = (text: string): boolean => {
    if (peek() !== text) return false;
    index += 1;
    return true;
  };
  const text = (): YamlScalar | undefined => {
    const parts = [];
    for (let part = stringAt(source, index); part !== undefined; part = stringAt(source, index)) {
      parts.push(part);
      index = part.end;
      skip();
    }
    if (parts.length === 0) return undefined;
    if (parts.some(({ isBytes }) => isBytes) !== parts.every(({ isBytes }) => isBytes)) throw noLiteral;
    bytes ||= parts.some(({ isBytes }) => isBytes);
    const joined = parts.map((part) => part.text).join('');
    const decoded = parts.some(({ isBytes }) => isBytes) ? Buffer.from(joined, 'latin1').toString('utf8') : joined;
    return scalar(decoded, decoded);
  };

  /** Values up to a closing bracket, and whether a comma made a tuple of them. */
  const items = (close: string): { readonly values: readonly YamlNode[]; readonly comma: boolean } => {
    const values: YamlNode[] = [];
    let comma = false;
    while (!take(close)) {
      if (values.length > 0 && !comma) throw noLiteral;
      values.push(value());
      const more = take(',');
      comma ||= more;
      if (!more && peek() !== close) throw noLiteral;
    }
    return { values, comma };
  };

  const keyOf = (node: YamlNode): YamlScalar => {
    if (node.kind === 'scalar') return node;
    return isOdd(`a map with a ${node.kind} as a key`);
  };

  const braces = (): YamlNode => {
    const entries = new Map<string, YamlEntry>();
    if (take('}')) return { kind: 'map', entries: [], at };
    for (;;) {
      const first = value();
      if (entries.size === 0 && (peek() === ',' || peek() === '}')) {
        take(',');
        items('}');
        return isOdd('a set');
      }
      if (!take(':')) throw noLiteral;
      const key = keyOf(first);
      entries.set(key.text, { key, value: value() });
      if (!take(',') && peek() !== '}') throw noLiteral;
      if (take('}')) return { kind: 'map', entries: [...entries.values()], at };
    }
  };

  const bracketed = (open: string): YamlNode => {
    depth += 1;
    if (depth > DEEPEST) throw new Unsupported(`text with more than ${DEEPEST} brackets in each other`);
    index += 1;
    const made = inside(open);
    depth -= 1;
    return made;
  };

  const inside = (open: string): YamlNode => {
    if (open === '{') return braces();
    const { values, comma } = items(CLOSING[open] ?? '');
    const [only] = values;
    // (1) is 1, and (1,) a tuple.
    if (open === '(' && only !== undefined && values.length === 1 && !comma) return only;
    return { kind: 'list', items: values, at };
  };

  const value = (): YamlNode => {
    const open = peek();
    if (open in CLOSING) return bracketed(open);
    const string = text();
    if (string !== undefined) return string;
    const number = numberAt(source, index);
    if (number !== undefined) {
      index = number.end;
      return number.odd === undefined ? scalar(number.value, number.text) : isOdd(number.odd);
    }
    const word = /[A-Za-z_]\w*|\.\.\./y;
    word.lastIndex = index;
    const [name = ''] = word.exec(source) ?? [];
    if (name === '...') {
      index += name.length;
      return isOdd('the value "..."');
    }
    const [emptySet] = /^set[ \t]*\([ \t]*\)/.exec(source.slice(index)) ?? [];
    if (emptySet !== undefined) {
      index += emptySet.length;
      return isOdd('a set');
    }
    const known = words.get(name);
    if (known === undefined) throw noLiteral;
    index += name.length;
    return scalar(known, name);
  };

  /** The whole text; commas outside brackets make a tuple, which JSON has as a list. */
  return (): YamlNode => {
    const first = value();
    const values = [first];
    let comma = false;
    while (take(',')) {
      comma = true;
      if (peek() === '') break;
      values.push(value());
    }
    if (peek() !== '') throw noLiteral;
    const whole: YamlNode = comma ? { kind: 'list', items: values, at } : first;
    if (bytes && whole.kind !== 'scalar') throw new Unsupported("a list or map with bytes (b'…') in it");
    if (odd !== undefined) throw new Unsupported(odd);
    return whole;
  };
};

const read = (source: string, at: Position, words: ReadonlyMap<string, ScalarValue>): YamlNode | undefined => {
  if (!BEGINNING.test(source)) return undefined;
  try {
    return reader(source.replace(/^[ \t]+/, ''), at, words)();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
};

/**
 * The value of a text that is a Python literal, as `ast.literal_eval` reads it, or `undefined` for any other text: `1` is
 * a number, `0x10` 16, `True` a boolean, `80,443` a list, `'a' 'b'` one text; `yes`, `0123` and `1.2.3` are texts.
 * https://docs.python.org/3/library/ast.html#ast.literal_eval. Throws `Unsupported` for what JSON has not: complex
 * numbers, sets, numbers past 2^53.
 */
export const pythonLiteral = (source: string, at: Position): YamlNode | undefined => read(source, at, PYTHON);

/** The same, with `true`, `false` and `null`: what Ansible makes of a template's result that looks like data. */
export const pythonOrJson = (source: string, at: Position): YamlNode | undefined => read(source, at, WITH_JSON);
