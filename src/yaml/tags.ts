import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';
import type { ScalarValue, YamlNode, YamlScalar, YamlSecret } from './node.ts';
import { type Position, problemAt } from './position.ts';
import type { Reading } from './reading.ts';
import type { Dialect } from './scalars.ts';

interface Written {
  readonly reading: Reading;
  /** As written (`!!str`), or empty. */
  readonly tag: string;
  readonly text: string;
  /** Neither quoted nor a block. */
  readonly plain: boolean;
  readonly at: Position;
}

const refuseTag = (tag: string, at: Position): FleetError =>
  /^!vault/.test(tag)
    ? new FleetError(
        problemAt(at, {
          code: 'yaml.vault',
          message: 'this value is encrypted with Ansible Vault, which is for inventories only',
          remedy: 'Write it in plain, or move it to the inventory',
        }),
      )
    : new FleetError(
        problemAt(at, {
          code: 'yaml.unknown-tag',
          message: `the tag ${tag} is not supported`,
          remedy: `Remove ${tag}, and quote the value if it is meant as text`,
        }),
      );

const notANumber = (code: string, reason: string, written: Written): FleetError =>
  new FleetError(
    problemAt(written.at, {
      code,
      message: `${written.text} ${reason}`,
      remedy: `Quote it: '${written.text}'`,
    }),
  );

const fits = (tag: string, value: ScalarValue): boolean => {
  if (tag === '!!int') return Number.isInteger(value);
  if (tag === '!!float') return typeof value === 'number';
  if (tag === '!!bool') return typeof value === 'boolean';
  return tag === '!!null' && value === null;
};

/** The same value as a secret; nothing (`null`) hides nothing. */
export const hide = (node: YamlScalar): YamlScalar | YamlSecret =>
  node.value === null ? node : { kind: 'secret', secret: new Secret(node.value), cipher: null, at: node.at };

/** A copy of a tree with secrets for all its values. */
export const hideAll = (node: YamlNode): YamlNode => {
  switch (node.kind) {
    case 'scalar':
      return hide(node);
    case 'secret':
      return node;
    case 'list':
      return { ...node, items: node.items.map(hideAll) };
    case 'map':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: hideAll(value) })) };
  }
};

/** Reads a scalar by its tag, or by its looks when it has none. */
export const readScalar = (written: Written): YamlScalar | YamlSecret => {
  const { dialect, openVault } = written.reading;
  const tag = written.tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
  if (openVault !== undefined && /^!vault(?:-encrypted)?$/.test(tag)) {
    return { kind: 'secret', secret: openVault(written.text, written.at), cipher: written.text, at: written.at };
  }
  const made = (value: ScalarValue): YamlScalar => ({ kind: 'scalar', value, text: written.text, at: written.at });
  if (dialect.textTags.has(tag))
    return tag === '!unsafe' ? { ...made(written.text), unsafe: true } : made(written.text);
  if (tag === '' && !written.plain) return made(written.text);
  if (dialect.misleading(written.text)) {
    throw notANumber('yaml.base-60', 'would be read as a number in base 60', written);
  }
  const value = dialect.read(written.text);
  if (tag !== '' && !fits(tag, value)) throw refuseTag(written.tag, written.at);
  if (/^[-+]?\w+$/.test(written.text) && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw notANumber('yaml.number-too-large', 'has more digits than a number keeps', written);
  }
  return made(value);
};

/** A copy of a tree in which no text is a template. */
export const unsafe = (node: YamlNode): YamlNode => {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' ? { ...node, unsafe: true } : node;
    case 'secret':
      return node;
    case 'list':
      return { ...node, items: node.items.map(unsafe) };
    case 'map':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key, value: unsafe(value) })) };
  }
};

/** Accepts `!!map` and `!!seq` where they are true, and `!unsafe` in inventories. */
export const checkCollectionTag = (dialect: Dialect, tag: string, isMap: boolean, at: Position): void => {
  const plain = tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
  if (plain === '' || plain === (isMap ? '!!map' : '!!seq')) return;
  if (plain === '!unsafe' && dialect.name === 'inventory') return;
  throw refuseTag(tag, at);
};
