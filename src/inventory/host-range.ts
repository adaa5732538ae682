import type { Position } from '../yaml/index.ts';
import { refuse } from './refuse.ts';

/** One key never stands for more hosts than this. */
const MOST = 100_000;

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

const stepped = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.min(Math.floor((to - from) / step) + 1, MOST + 1) }, (_, i) => from + i * step);

const letters = (from: string, to: string, step: number): readonly string[] =>
  stepped(LETTERS.indexOf(from), LETTERS.indexOf(to), step).map((index) => LETTERS.charAt(index));

const numbers = (from: string, to: string, step: number): readonly string[] => {
  const padding = from.length > 1 && from.startsWith('0') ? from.length : 0;
  return stepped(Number(from), Number(to), step).map((number) => String(number).padStart(padding, '0'));
};

/** The values of one `[from:to]` or `[from:to:step]`, both ends included. */
const valuesOf = (range: string, at: Position): readonly string[] => {
  const bad = (reason: string, remedy: string): never => refuse(at, 'bad-range', `[${range}] ${reason}`, remedy);
  const example = 'Write [1:20], [01:20] for two digits, [0:20:2] for every second, or [a:f]';
  const [start = '', to, stepText = '1', ...rest] = range.split(':');
  const from = start === '' ? '0' : start;
  if (to === undefined || rest.length > 0) return bad('is no range', example);
  if (to === '') return bad('has no end', example);
  const alphabetic = /^[a-zA-Z]$/.test(from) && /^[a-zA-Z]$/.test(to);
  if (!alphabetic && !(/^\d{1,9}$/.test(from) && /^\d{1,9}$/.test(to))) return bad('is no range', example);
  if (!/^0*[1-9]\d{0,8}$/.test(stepText)) return bad('has no step above 0', example);
  const step = Number(stepText);
  const backwards = alphabetic ? LETTERS.indexOf(from) > LETTERS.indexOf(to) : Number(from) > Number(to);
  if (backwards) return bad('ends before it begins', `Write [${to}:${from}]`);
  if (alphabetic) return letters(from, to, step);
  if (from.length > 1 && from.startsWith('0') && from.length !== to.length) {
    return bad('begins and ends with different numbers of digits', `Write [${from}:${to.padStart(from.length, '0')}]`);
  }
  return numbers(from, to, step);
};

/**
 * Expands the ranges of a host name as Ansible does: `hv[01:20]`, `rack[a:c]-hv[1:9:2]`
 * (https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-ranges-of-hosts).
 * A range of no hosts (`[5:1]`, silent there) is refused, and so is the `[1-20]` of other tools.
 */
export const expandRanges = (name: string, at: Position): readonly string[] => {
  const parts = /^([^[\]]*)\[([^[\]]*)\](.*)$/.exec(name);
  if (parts === null) {
    return /[[\]]/.test(name) ? refuse(at, 'bad-range', `${name} has an unpaired bracket`, 'Write hv[01:20]') : [name];
  }
  const [, head = '', range = '', tail = ''] = parts;
  if (/^\w+-\w+$/.test(range)) {
    return refuse(at, 'bad-range', `[${range}] is no range`, `Write ${head}[${range.replace('-', ':')}]${tail}`);
  }
  const tails = expandRanges(tail, at);
  const values = valuesOf(range, at);
  if (values.length * tails.length > MOST) {
    return refuse(at, 'bad-range', `${name} stands for more than ${MOST} hosts`, 'Check the ends of its ranges');
  }
  return values.flatMap((value) => tails.map((rest) => `${head}${value}${rest}`));
};
