import type { Position, ScalarValue, YamlMap, YamlNode, YamlScalar } from '../yaml/index.ts';

const NOWHERE: Position = { file: '', line: 1, column: 1 };

/** A value that no file says. */
export const scalarOf = (value: ScalarValue): YamlScalar => ({
  kind: 'scalar',
  value,
  text: value === null ? '' : String(value),
  at: NOWHERE,
});

export const listOf = (values: readonly ScalarValue[]): YamlNode => ({
  kind: 'list',
  items: values.map(scalarOf),
  at: NOWHERE,
});

export const mapOf = (entries: Iterable<readonly [string, YamlNode]>): YamlMap => ({
  kind: 'map',
  entries: [...entries].map(([name, value]) => ({ key: scalarOf(name), value })),
  at: NOWHERE,
});
