import type { Terminal } from '../../../../src/render/index.ts';

/** A terminal that understands what the live view sends: lines, cursor up, clear to end, hide and show the cursor. */
export interface Screen extends Terminal {
  columns: number;
  readonly rows: number;
  readonly lines: () => readonly string[];
  readonly cursorShown: () => boolean;
  /** Each write as it was sent. */
  readonly writes: () => readonly string[];
}

const sequence = /\u001b\[(\??)(\d*)([A-Za-z])|\r|\n|[^\u001b\r\n]+/g;

export const createScreen = (columns: number, rows = 24): Screen => {
  let lines: string[] = [''];
  let cursor = 0;
  let shown = true;
  const writes: string[] = [];
  const write = (text: string): void => {
    writes.push(text);
    for (const [part, , count = '', letter] of text.matchAll(sequence)) {
      if (part === '\n') cursor += 1;
      else if (letter === 'A') cursor -= Number(count);
      else if (letter === 'J') lines = lines.slice(0, cursor);
      else if (letter === 'h' || letter === 'l') shown = letter === 'h';
      else if (part !== '\r') lines[cursor] = (lines[cursor] ?? '') + part;
      if (cursor < 0) throw new Error('the cursor left the screen');
      lines[cursor] ??= '';
    }
  };
  return { write, columns, rows, lines: () => lines, cursorShown: () => shown, writes: () => writes };
};
