import { readFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/** A place in a file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A path as a user would type it: relative when the file lies below the working directory. */
export const shownPath = (file: string): string => {
  const path = relative('', file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
};

export const shownPlace = ({ file, line, column }: Place): string => `${shownPath(file)}:${line}:${column}`;

/** The line of that place, and a mark below the column; empty when the file cannot be read. */
export const excerpt = ({ file, line, column }: Place): string => {
  try {
    const text = readFileSync(file, 'utf8').split('\n')[line - 1]?.trimEnd() ?? '';
    // The mark keeps the line's tabs, so that it stands below its letter.
    const before = text.slice(0, Math.max(0, column - 1)).replace(/[^\t]/g, ' ');
    return `\n    ${text}\n    ${before}^`;
  } catch {
    return '';
  }
};
