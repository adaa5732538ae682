import type { Problem } from '../model/error.ts';

/** A place in a file that a user edits. Line and column count from 1, as editors do. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const showPosition = (at: Position): string => `${at.file}:${at.line}:${at.column}`;

/** A `Problem` whose message begins with `file:line:column`, so that terminals and editors can jump there. */
export const problemAt = (at: Position, problem: Problem): Problem => ({
  code: problem.code,
  message: `${showPosition(at)}: ${problem.message}`,
  remedy: problem.remedy,
  facts: { ...problem.facts, file: at.file, line: at.line, column: at.column },
});

/** Turns offsets into `text` (UTF-16 units, as the parser counts) into positions. */
export const positionsIn = (text: string, file: string): ((offset: number) => Position) => {
  const starts = [0];
  for (const newline of text.matchAll(/\r\n|\r|\n/g)) starts.push(newline.index + newline[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
};
