import { FleetError } from '../model/error.ts';
import type { ScalarValue, YamlScalar } from './node.ts';
import { type Position, problemAt } from './position.ts';
import type { Dialect } from './scalars.ts';

interface Written {
  readonly dialect: Dialect;
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
          message: 'this value is encrypted with Ansible Vault, which is not supported',
          remedy: 'Decrypt it with `ansible-vault decrypt_string`, or take the value out of this file',
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

/** Reads a scalar by its tag, or by its looks when it has none. */
export const readScalar = (written: Written): YamlScalar => {
  const tag = written.tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
  const made = (value: ScalarValue): YamlScalar => ({ kind: 'scalar', value, text: written.text, at: written.at });
  if (written.dialect.textTags.has(tag) || (tag === '' && !written.plain)) return made(written.text);
  if (written.dialect.misleading(written.text)) {
    throw notANumber('yaml.base-60', 'would be read as a number in base 60', written);
  }
  const value = written.dialect.read(written.text);
  if (tag !== '' && !fits(tag, value)) throw refuseTag(written.tag, written.at);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw notANumber('yaml.number-too-large', 'has more digits than a number keeps', written);
  }
  return made(value);
};

/** Accepts `!!map` and `!!seq` where they are true, and `!unsafe` in inventories: no value is ever a template here. */
export const checkCollectionTag = (dialect: Dialect, tag: string, isMap: boolean, at: Position): void => {
  const plain = tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
  if (plain === '' || plain === (isMap ? '!!map' : '!!seq')) return;
  if (plain === '!unsafe' && dialect.name === 'inventory') return;
  throw refuseTag(tag, at);
};
