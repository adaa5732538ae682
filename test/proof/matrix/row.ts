/** What the table says of one fault. */
export interface Row {
  readonly fault: string;
  readonly when: string;
  /** Exit code and how the host ended, as the run told it. */
  readonly said: string;
  readonly others: string;
  readonly budget: string;
  /** What came after it, and how that ended. */
  readonly next: string;
  /** How the host was found at the end, by looking at it. */
  readonly end: string;
  readonly verdict: string;
}

const columns = [
  ['fault', 'Fault'],
  ['when', 'When'],
  ['said', 'What the run said'],
  ['others', 'Other hosts'],
  ['budget', 'Failure budget'],
  ['next', 'What came next'],
  ['end', 'In the end'],
  ['verdict', 'Verdict'],
] as const;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The rows as a Markdown table. */
export const tableOf = (rows: readonly Row[]): string =>
  [
    columns.map(([, title]) => title),
    columns.map(() => '---'),
    ...rows.map((row) => columns.map(([key]) => cell(row[key]))),
  ]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
