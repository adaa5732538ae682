import type { Position } from './position.ts';

export type ScalarValue = string | number | boolean | null;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
  /** As written, without quotes: the name of a key whatever type YAML gives it. */
  readonly text: string;
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
export type YamlNode = YamlScalar | YamlList | YamlMap;
