const blank = /[ \t\r\n]/;

/** A word, and what follows it; `rest` is `null` at the end of the text. */
export interface Delimited {
  readonly word: string;
  readonly rest: string | null;
}

/**
 * The first word of a line, as OpenSSH's `strdelim` takes it (misc.c): blanks or one `=` end it, and a quotation goes to
 * its closing quote. `null` when there is no closing quote.
 */
export const delimited = (text: string): Delimited | null => {
  const end = text.search(/[ \t\r\n"=]/);
  if (end === -1) return { word: text, rest: null };
  const after = (from: number): string => {
    let next = from;
    while (blank.test(text.charAt(next))) next += 1;
    return text.slice(next);
  };
  if (text.charAt(end) === '"') {
    const close = text.indexOf('"', end + 1);
    return close === -1 ? null : { word: text.slice(0, end) + text.slice(end + 1, close), rest: after(close + 1) };
  }
  const rest = after(end + 1);
  const word = text.slice(0, end);
  if (text.charAt(end) === '=' || !rest.startsWith('=')) return { word, rest };
  return { word, rest: rest.slice(1).replace(/^[ \t\r\n]+/, '') };
};

/**
 * The words of an argument, as OpenSSH's `argv_split` makes them (misc.c): single and double quotes, a backslash before
 * a quote, a backslash or a blank; a word that begins with `#` begins a comment. `null` when a quotation does not end.
 */
export const wordsOf = (text: string): readonly string[] | null => {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const first = text.charAt(at);
    if (first === ' ' || first === '\t') {
      at += 1;
      continue;
    }
    if (first === '#') break;
    let word = '';
    let quote = '';
    for (; at < text.length; at += 1) {
      const char = text.charAt(at);
      const next = text.charAt(at + 1);
      if (char === '\\') {
        const escapes = next === "'" || next === '"' || next === '\\' || (quote === '' && next === ' ');
        word += escapes ? next : char;
        if (escapes) at += 1;
      } else if (quote === '' && (char === ' ' || char === '\t')) break;
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (quote !== '' && char === quote) quote = '';
      else word += char;
    }
    if (quote !== '') return null;
    words.push(word);
  }
  return words;
};
