/** A table in Markdown. */
export const tableText = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

/** The same for whoever runs the proof. */
export const printTable = (titles: readonly string[], rows: readonly (readonly string[])[]): void => {
  process.stdout.write(`\n${tableText(titles, rows)}\n`);
};
