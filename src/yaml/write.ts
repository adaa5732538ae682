import { openSecret } from '../model/secret.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './node.ts';
import { isNumber, numberText } from './numbers.ts';
import { INVENTORY_DIALECT } from './scalars.ts';

/** `hidden` writes `‹secret›` for what came out of a file that is encrypted whole. */
type Secrets = 'hidden' | 'shown';

/** Letters that mean nothing to YAML, neither first nor later. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./+@-]*$/;

const isPlain = (text: string): boolean =>
  PLAIN.test(text) && INVENTORY_DIALECT.read(text) === text && !INVENTORY_DIALECT.misleading(text);

/** JSON leaves alone what YAML takes for the end of a line, or does not allow. */
const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const textual = (text: string): string => (isPlain(text) ? text : quoted(text));

/** YAML 1.1 knows an exponent only after a point. */
const numeric = (scalar: YamlScalar & { readonly value: number }): string => {
  if (Number.isNaN(scalar.value)) return '.nan';
  if (!Number.isFinite(scalar.value)) return scalar.value < 0 ? '-.inf' : '.inf';
  return numberText(scalar).replace(/^([-+]?\d+)e/, '$1.0e');
};

const scalarText = (scalar: YamlScalar): string => {
  const { value } = scalar;
  if (typeof value === 'string') return scalar.unsafe === true ? `!unsafe ${quoted(value)}` : textual(value);
  return isNumber(scalar) ? numeric(scalar) : String(value);
};

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

const entryLines = ({ key, value }: YamlEntry, secrets: Secrets): readonly string[] => {
  const [first = '', ...rest] = linesOf(value, secrets);
  const isBlock =
    (value.kind === 'map' && value.entries.length > 0) || (value.kind === 'list' && value.items.length > 0);
  return isBlock
    ? [`${scalarText(key)}:`, ...indented([first, ...rest])]
    : [`${scalarText(key)}: ${first}`, ...indented(rest)];
};

const linesOf = (node: YamlNode, secrets: Secrets): readonly string[] => {
  switch (node.kind) {
    case 'scalar':
      return [scalarText(node)];
    case 'secret':
      if (node.cipher !== null) return ['!vault |', ...node.cipher.trimEnd().split('\n')];
      return [JSON.stringify(secrets === 'shown' ? openSecret(node.secret) : node.secret)];
    case 'list':
      if (node.items.length === 0) return ['[]'];
      return node.items.flatMap((item) => {
        const [first = '', ...rest] = linesOf(item, secrets);
        return [`- ${first}`, ...indented(rest)];
      });
    case 'map':
      if (node.entries.length === 0) return ['{}'];
      return node.entries
        .toSorted((a, b) => (a.key.text < b.key.text ? -1 : 1))
        .flatMap((entry) => entryLines(entry, secrets));
  }
};

/** A tree as YAML that Ansible and `parseInventoryYaml` read as the same tree; keys sorted. */
export const writeYaml = (node: YamlNode, secrets: Secrets): string => `${linesOf(node, secrets).join('\n')}\n`;
