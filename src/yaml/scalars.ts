import type { ScalarValue } from './node.ts';

/** How a dialect of YAML reads a plain (unquoted) scalar. */
export interface Dialect {
  readonly name: 'inventory' | 'core';
  readonly read: (text: string) => ScalarValue;
  /** Reads as a number that nobody means; refused. */
  readonly misleading: (text: string) => boolean;
  /** Tags taken for text, whatever the scalar looks like. */
  readonly textTags: ReadonlySet<string>;
}

const base = (text: string, prefix: number, radix: number): number => Number.parseInt(text.slice(prefix), radix);

const signed = (text: string, magnitude: (unsigned: string) => number): number => {
  const negative = text.startsWith('-');
  const value = magnitude(/^[-+]/.test(text) ? text.slice(1) : text);
  return negative ? -value : value;
};

const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;
const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUE_11 = new Set(['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE_11 = new Set(['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const INTEGER_11 = /^[-+]?(?:0b[01_]+|0[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$/;
const FLOAT_11 = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const BASE_60 = /^[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

const integer11 = (unsigned: string): number => {
  const digits = unsigned.replaceAll('_', '');
  if (digits.startsWith('0b')) return base(digits, 2, 2);
  if (digits.startsWith('0x')) return base(digits, 2, 16);
  return digits.startsWith('0') ? Number.parseInt(digits, 8) : Number(digits);
};

const readInventory = (text: string): ScalarValue => {
  if (NULLS.has(text)) return null;
  if (TRUE_11.has(text)) return true;
  if (FALSE_11.has(text)) return false;
  if (INTEGER_11.test(text)) return signed(text, integer11);
  if (FLOAT_11.test(text)) return signed(text, (unsigned) => Number(unsigned.replaceAll('_', '')));
  if (INFINITE.test(text)) return signed(text, () => Number.POSITIVE_INFINITY);
  return NOT_A_NUMBER.test(text) ? Number.NaN : text;
};

const INTEGER_CORE = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+)$/;
const FLOAT_CORE = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

const readCore = (text: string): ScalarValue => {
  if (NULLS.has(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  // Number() knows 0o17 and 0x1f, but reads '' as 0: that one is null above.
  if (INTEGER_CORE.test(text) || FLOAT_CORE.test(text)) return Number(text);
  if (INFINITE.test(text)) return signed(text, () => Number.POSITIVE_INFINITY);
  return NOT_A_NUMBER.test(text) ? Number.NaN : text;
};

/**
 * YAML as Ansible's loader (PyYAML, https://yaml.org/type/) reads it: `yes` and `off` are booleans and `0644` is octal,
 * but `y` and `n` stay text. Unlike there, dates stay text, and numbers in base 60 are refused: there `1:30` is 90, and a
 * MAC address without letters is a number.
 */
export const INVENTORY_DIALECT: Dialect = {
  name: 'inventory',
  read: readInventory,
  misleading: (text) => BASE_60.test(text),
  textTags: new Set(['!!str', '!', '!unsafe']),
};

/** The core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): `yes` is text, `0644` is 644. */
export const CORE_DIALECT: Dialect = {
  name: 'core',
  read: readCore,
  misleading: () => false,
  textTags: new Set(['!!str', '!']),
};
