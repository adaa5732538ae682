import { printable } from './words.ts';

const oneLine = (text: string): string =>
  printable(text)
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
    .trim();

/** Text that means itself: what Markdown or HTML would read in it is escaped. */
export const plain = (text: string): string =>
  oneLine(text).replaceAll(/[\\`*_[\]<>#|~&]/g, (sign) =>
    sign === '<' ? '&lt;' : sign === '&' ? '&amp;' : `\\${sign}`,
  );

/** Text to type. The fence is longer than any in it (CommonMark, code spans). */
export const inCode = (text: string): string => {
  const shown = oneLine(text).replaceAll('|', '\\|');
  const fence = '`'.repeat(longestTicks(shown) + 1);
  return fence.length > 1 ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
};

export const fenced = (text: string): readonly string[] => {
  const shown = printable(text).trimEnd();
  const fence = '`'.repeat(Math.max(3, longestTicks(shown) + 1));
  return [`${fence}text`, ...shown.split('\n'), fence];
};

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [row(head), row(head.map(() => '---')), ...rows.map(row)];

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const longestTicks = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
