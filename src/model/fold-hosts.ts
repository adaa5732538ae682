/** A name cut around one of its numbers: `hv07.example.net` is `hv` + `07` + `.example.net`. */
interface Cut {
  readonly head: string;
  readonly digits: string;
  readonly tail: string;
}

/** Longer runs of digits are identifiers, and past what a number holds. */
const COUNTABLE = 15;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const cutsOf = (name: string): readonly Cut[] =>
  [...name.matchAll(/\d+/g)]
    .filter((match) => match[0].length <= COUNTABLE)
    .map((match) => ({
      head: name.slice(0, match.index),
      digits: match[0],
      tail: name.slice(match.index + match[0].length),
    }));

const bucketed = <Item>(items: readonly Item[], key: (item: Item) => string): Map<string, Item[]> => {
  const buckets = new Map<string, Item[]>();
  for (const item of items) {
    const bucket = buckets.get(key(item));
    if (bucket === undefined) buckets.set(key(item), [item]);
    else bucket.push(item);
  }
  return buckets;
};

const around = (cut: Cut): string => `${cut.head}[]${cut.tail}`;

/** Cuts all names of one shape at the number that varies: the last one, unless another gives fewer pieces. */
const cutWhereItVaries = (names: readonly (readonly Cut[])[]): readonly Cut[] => {
  const positions = names[0]?.length ?? 0;
  let best: readonly Cut[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  for (let position = positions - 1; position >= 0; position -= 1) {
    const cuts = names.flatMap((cuts) => cuts.slice(position, position + 1));
    const pieces = new Set(cuts.map(around)).size;
    if (pieces < fewest) [best, fewest] = [cuts, pieces];
  }
  return best;
};

/** `08`, `09`, `10` count with two digits; `9`, `10` count without padding. */
const runsOf = (digits: readonly string[]): readonly string[] => {
  const paddedWidths = new Set(digits.filter((text) => text.length > 1 && text.startsWith('0')).map((t) => t.length));
  const padding = (text: string): number => (paddedWidths.has(text.length) ? text.length : 0);
  const sorted = digits.toSorted((a, b) => padding(a) - padding(b) || Number(a) - Number(b));
  const runs: { first: string; last: string }[] = [];
  for (const text of sorted) {
    const run = runs.at(-1);
    const follows = run !== undefined && padding(run.last) === padding(text) && Number(run.last) + 1 === Number(text);
    if (follows) run.last = text;
    else runs.push({ first: text, last: text });
  }
  return runs
    .toSorted((a, b) => Number(a.first) - Number(b.first) || a.first.length - b.first.length)
    .map(({ first, last }) => (first === last ? first : `${first}-${last}`));
};

const show = (cuts: readonly Cut[]): string => {
  const [first] = cuts;
  if (first === undefined) return '';
  if (cuts.length === 1) return `${first.head}${first.digits}${first.tail}`;
  return `${first.head}[${runsOf(cuts.map((cut) => cut.digits)).join(',')}]${first.tail}`;
};

/**
 * Folds host names for people to read: `hv01 hv02 hv03 hv07` is `hv[01-03,07]`, as ClusterShell writes it
 * (https://clustershell.readthedocs.io/en/latest/tools/nodeset.html). Padding is kept, one number of a name is folded,
 * the result does not depend on the order, and a name given twice counts once. No names give an empty text.
 */
export const foldHosts = (names: Iterable<string>): string => {
  const unique = [...new Set(names)];
  const plain = unique.filter((name) => cutsOf(name).length === 0);
  const numbered = unique.map(cutsOf).filter((cuts) => cuts.length > 0);
  const shapes = bucketed(
    numbered,
    (cuts) => `${cuts.map((cut) => cut.head.replaceAll(/\d{1,15}/g, '#')).join()}${cuts.at(-1)?.tail}`,
  );
  const folded = [...shapes.values()].flatMap((shape) => [...bucketed(cutWhereItVaries(shape), around).values()]);
  return [...plain, ...folded.map(show)].toSorted(byText).join(',');
};

const expandRun = (run: string): readonly string[] => {
  const [first = '', last = first] = run.split('-');
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, i) => String(Number(first) + i).padStart(first.length, '0'));
};

/** The names that `foldHosts` folded; text without brackets stands for itself. */
export const unfoldHosts = (folded: string): readonly string[] =>
  [...folded.matchAll(/(?:[^,[\]]|\[[^\]]*\])+/g)].flatMap(([piece]) => {
    const match = /^([^[]*)\[([\d,-]+)\]([^[]*)$/.exec(piece);
    if (match === null) return [piece];
    const [, head = '', runs = '', tail = ''] = match;
    return runs.split(',').flatMap((run) => expandRun(run).map((digits) => `${head}${digits}${tail}`));
  });
