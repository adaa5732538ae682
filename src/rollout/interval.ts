/** Instants in milliseconds since the epoch; `to` is not part of it. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The same instants in order, as few intervals as can be, empty ones left out. */
export const merged = (intervals: readonly Interval[]): readonly Interval[] => {
  const result: Interval[] = [];
  for (const next of intervals.filter(({ from, to }) => from < to).toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last === undefined || last.to < next.from) result.push(next);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
  }
  return result;
};

/** What is in both. */
export const common = (a: readonly Interval[], b: readonly Interval[]): readonly Interval[] =>
  merged(
    a.flatMap((one) => b.map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))),
  );

/** What is left of intervals without the instants of others. */
export const cut = (intervals: readonly Interval[], without: readonly Interval[]): readonly Interval[] =>
  without.reduce<readonly Interval[]>(
    (left, { from, to }) =>
      left.flatMap((one) =>
        [
          { from: one.from, to: Math.min(one.to, from) },
          { from: Math.max(one.from, to), to: one.to },
        ].filter((piece) => piece.from < piece.to),
      ),
    intervals,
  );
