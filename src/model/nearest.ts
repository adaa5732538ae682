/** Letters to insert, drop, replace or swap with a neighbour to get from one text to the other. */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const replaced = (above[j - 1] ?? 0) + same;
      const edited = Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(swapped ? Math.min(edited, (before[j - 2] ?? 0) + 1) : edited);
    }
    [before, above] = [above, row];
  }
  return above[b.length] ?? 0;
};

/** `child` is nearer to `children` than three letters say. */
const abbreviates = (short: string, name: string): boolean => short.length > 2 && name.startsWith(short);

/** The names most likely meant by a mistyped one, at most `near` edits away: nearest first, three at most. */
export const nearest = (
  wrong: string,
  names: Iterable<string>,
  near = Math.max(1, Math.floor(wrong.length / 3)),
): readonly string[] =>
  [...new Set(names)]
    .filter((name) => abbreviates(wrong, name) || Math.abs(name.length - wrong.length) <= near)
    .map((name) => ({ name, off: abbreviates(wrong, name) ? 1 : distance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ off }) => off <= near)
    .toSorted((a, b) => a.off - b.off || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);

/** ` Did you mean a, b or c?`, with the space, or nothing. */
export const didYouMean = (names: readonly string[]): string => {
  const last = names.at(-1);
  if (last === undefined) return '';
  const others = names.slice(0, -1).join(', ');
  return ` Did you mean ${others === '' ? last : `${others} or ${last}`}?`;
};
