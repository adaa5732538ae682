import { openSecret } from '../../model/secret.ts';
import { isNumber, numberText, type YamlEntry, type YamlNode, type YamlScalar } from '../../yaml/index.ts';

/** `hidden` prints `‹secret›` for what came out of a file that is encrypted whole. */
export type Secrets = 'hidden' | 'shown';

const STEP = '    ';

const numberInJson = (scalar: YamlScalar & { readonly value: number }): string => {
  if (Number.isNaN(scalar.value)) return 'NaN';
  if (!Number.isFinite(scalar.value)) return scalar.value < 0 ? '-Infinity' : 'Infinity';
  return numberText(scalar);
};

const scalarText = (scalar: YamlScalar): string =>
  isNumber(scalar) ? numberInJson(scalar) : JSON.stringify(scalar.value);

/** A key as Python's json writes it: `yes` is `true`, `010` is `8`. */
const keyText = (key: YamlScalar): string => (typeof key.value === 'string' ? key.text : scalarText(key));

const objectText = (entries: readonly (readonly [string, string])[], indent: string): string => {
  if (entries.length === 0) return '{}';
  const lines = entries.map(([name, value]) => `\n${indent}${STEP}${JSON.stringify(name)}: ${value}`);
  return `{${lines.join(',')}\n${indent}}`;
};

const entryTexts = (entries: readonly YamlEntry[], indent: string, secrets: Secrets): [string, string][] =>
  entries
    .map(({ key, value }): [string, string] => [keyText(key), textOf(value, `${indent}${STEP}`, secrets)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

const textOf = (node: YamlNode, indent: string, secrets: Secrets): string => {
  switch (node.kind) {
    case 'scalar':
      return node.unsafe === true
        ? objectText([['__ansible_unsafe', JSON.stringify(node.value)]], indent)
        : scalarText(node);
    case 'secret':
      if (node.cipher !== null) return objectText([['__ansible_vault', JSON.stringify(node.cipher)]], indent);
      return JSON.stringify(secrets === 'shown' ? openSecret(node.secret) : node.secret);
    case 'list': {
      if (node.items.length === 0) return '[]';
      const items = node.items.map((item) => `\n${indent}${STEP}${textOf(item, `${indent}${STEP}`, secrets)}`);
      return `[${items.join(',')}\n${indent}]`;
    }
    case 'map':
      return objectText(entryTexts(node.entries, indent, secrets), indent);
  }
};

/** JSON as `ansible-inventory` prints it: keys sorted, four blanks, numbers as Python writes them. */
export const jsonText = (node: YamlNode, secrets: Secrets): string => textOf(node, '', secrets);
