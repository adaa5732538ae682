/** A word of a line, and where it begins: an index into the line. */
export interface Word {
  readonly text: string;
  readonly start: number;
}

/** Why a line has no words: the end of a sentence. */
export interface Unsplit {
  readonly reason: string;
  readonly at: number;
}

const BLANK = ' \t\r\n';
const QUOTES = `'"`;

/**
 * Splits a line as Python's `shlex.split(line, comments=True)` does (https://docs.python.org/3/library/shlex.html#parsing-rules):
 * quotes may begin inside a word and are dropped, `\` takes the next letter as it is (inside `"…"` only before `"` and
 * `\`), and `#` outside quotes cuts off the rest, even in the middle of a word.
 */
export const splitWords = (line: string): readonly Word[] | Unsplit => {
  const words: Word[] = [];
  let text = '';
  let start: number | null = null;
  const finish = (): void => {
    if (start !== null) words.push({ text, start });
    text = '';
    start = null;
  };
  let index = 0;
  while (index < line.length) {
    const letter = line.charAt(index);
    if (letter === '#') break;
    if (BLANK.includes(letter)) {
      finish();
      index += 1;
      continue;
    }
    start ??= index;
    if (letter === '\\') {
      if (index + 1 === line.length) return { reason: 'ends in a backslash with nothing after it', at: index };
      text += line.charAt(index + 1);
      index += 2;
    } else if (QUOTES.includes(letter)) {
      const quoted = readQuoted(line, index);
      if (quoted === undefined) return { reason: `has a ${letter} that is not closed`, at: index };
      text += quoted.text;
      index = quoted.end;
    } else {
      text += letter;
      index += 1;
    }
  }
  finish();
  return words;
};

const readQuoted = (line: string, open: number): { readonly text: string; readonly end: number } | undefined => {
  const quote = line.charAt(open);
  let text = '';
  for (let index = open + 1; index < line.length; index += 1) {
    const letter = line.charAt(index);
    if (letter === quote) return { text, end: index + 1 };
    const next = line.charAt(index + 1);
    if (quote === '"' && letter === '\\' && (next === '"' || next === '\\')) {
      text += next;
      index += 1;
    } else {
      text += letter;
    }
  }
  return undefined;
};
