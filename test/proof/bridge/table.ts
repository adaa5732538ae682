/** How the hosts of one kind ended. */
export interface Score {
  readonly kind: string;
  readonly hosts: number;
  readonly right: number;
  /** Hosts whose link was told to be lost, and to be back. */
  readonly reattached: number;
  /** Milliseconds that each of them was away. */
  readonly awayMs: readonly number[];
}

const seconds = (ms: number | undefined): string => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);

const median = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The scores, a line each. */
export const tableOf = (scores: readonly Score[]): string => {
  const rows = [
    ['', 'as it should be', 'reattached', 'away: median', 'longest'],
    ...scores.map(({ kind, hosts, right, reattached, awayMs }) => [
      kind,
      `${right} of ${hosts}`,
      `${reattached} of ${hosts}`,
      seconds(median(awayMs)),
      seconds(awayMs.toSorted((a, b) => b - a)[0]),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')).join('\n');
};
