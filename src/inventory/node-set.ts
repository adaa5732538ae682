import { badPattern } from './pattern.ts';

/** One pattern never stands for more names than this. */
const MOST = 100_000;

const NODE_SET = /^(?:[^[\]*?~!]|\[\d+(?:-\d+(?:\/\d+)?)?(?:,\d+(?:-\d+(?:\/\d+)?)?)*\])+$/;
const BRACKETS = /\[([^[\]]*)\]/g;

/** The numbers of `1-3`, `09-20/2` or `7`, as they are written in names. */
const numbersOf = (run: string, text: string): readonly string[] => {
  const [ends = '', stepText = '1'] = run.split('/');
  const [first = '', last = first] = ends.split('-');
  const step = Number(stepText);
  const [from, to] = [Number(first), Number(last)];
  if (step < 1) throw badPattern(text, `has a step of ${stepText} in [${run}]`, `Write [${ends}/2] for every second`);
  if (to < from) throw badPattern(text, `has [${run}], which ends before it begins`, `Write [${last}-${first}]`);
  const width = first.startsWith('0') ? first.length : 0;
  const count = Math.min(Math.floor((to - from) / step) + 1, MOST + 1);
  return Array.from({ length: count }, (_, index) => String(from + index * step).padStart(width, '0'));
};

/**
 * The names of a set of hosts as ClusterShell writes it
 * (https://clustershell.readthedocs.io/en/latest/tools/nodeset.html): `hv[1-3,5,9-20/2]`, `rack[1-2]n[01-10]`; zeros in
 * front of the first number of a run pad its names. `undefined` for a text that is no such set.
 */
export const unfoldNodeSet = (text: string): readonly string[] | undefined => {
  if (!text.includes('[') || !NODE_SET.test(text)) return undefined;
  let names: readonly string[] = [''];
  let end = 0;
  for (const match of text.matchAll(BRACKETS)) {
    const head = text.slice(end, match.index);
    const numbers = [...new Set((match[1] ?? '').split(',').flatMap((run) => numbersOf(run, text)))];
    if (names.length * numbers.length > MOST) {
      throw badPattern(text, `stands for more than ${MOST} hosts`, 'Check the numbers in its brackets');
    }
    names = names.flatMap((name) => numbers.map((number) => `${name}${head}${number}`));
    end = match.index + match[0].length;
  }
  const tail = text.slice(end);
  return names.map((name) => `${name}${tail}`);
};
