import type { Secret } from '../model/secret.ts';
import type { Position } from './position.ts';

export type ScalarValue = string | number | boolean | null;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
  /** As written, without quotes: the name of a key whatever type YAML gives it. */
  readonly text: string;
  /** Tagged `!unsafe`: what looks like a template in it is text. */
  readonly unsafe?: true;
  readonly at: Position;
}

/** A value that came out of a vault: tagged `!vault`, or any value of a file that is encrypted whole. */
export interface YamlSecret {
  readonly kind: 'secret';
  readonly secret: Secret;
  /** The encrypted text of a `!vault` value; `null` where the whole file is encrypted. */
  readonly cipher: string | null;
  readonly at: Position;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly at: Position;
}

export interface YamlEntry {
  readonly key: YamlScalar;
  readonly value: YamlNode;
}

/** Merge keys (`<<`) are applied already; a merged entry keeps the position where it was written. */
export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly at: Position;
}

/** An aliased node (`*name`) is the very object of its anchor. */
export type YamlNode = YamlScalar | YamlSecret | YamlList | YamlMap;
