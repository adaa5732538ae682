import { FleetError } from '../model/error.ts';
import type { YamlEntry, YamlMap, YamlNode } from './node.ts';
import { problemAt, showPosition } from './position.ts';

const isMerge = (entry: YamlEntry): boolean => entry.key.value === '<<';

const refuseMerge = (node: YamlNode): FleetError =>
  new FleetError(
    problemAt(node.at, {
      code: 'yaml.bad-merge',
      message: `<< takes a mapping or a list of mappings, and this is a ${node.kind}`,
      remedy: 'Write <<: *name, where &name stands before a mapping',
    }),
  );

export const givenTwice = (first: YamlEntry, second: YamlEntry): FleetError =>
  new FleetError(
    problemAt(second.key.at, {
      code: 'yaml.duplicate-key',
      message: `"${second.key.text}" is given twice here; the first is at ${showPosition(first.key.at)}`,
      remedy: `Join both under one "${second.key.text}:", or rename one`,
    }),
  );

const sourcesOf = (value: YamlNode): readonly YamlMap[] => {
  if (value.kind === 'map') return [value];
  if (value.kind !== 'list') throw refuseMerge(value);
  return value.items.map((item) => {
    if (item.kind !== 'map') throw refuseMerge(item);
    return item;
  });
};

/**
 * The entries of a mapping with `<<` applied: its own entries win over merged ones, an earlier source over a later one
 * (https://yaml.org/type/merge.html). Merged entries come first, as they do in Ansible. A key given twice is reported,
 * and its first value kept.
 */
export const mapOf = (pairs: readonly YamlEntry[], report: (problem: FleetError) => void): readonly YamlEntry[] => {
  const own = new Map<string, YamlEntry>();
  const merged = new Map<string, YamlEntry>();
  for (const pair of pairs) {
    const first = own.get(pair.key.text);
    if (first !== undefined) {
      report(givenTwice(first, pair));
      continue;
    }
    own.set(pair.key.text, pair);
    if (!isMerge(pair)) continue;
    for (const source of sourcesOf(pair.value)) {
      for (const entry of source.entries) if (!merged.has(entry.key.text)) merged.set(entry.key.text, entry);
    }
  }
  const kept = [...merged.values()].filter((entry) => !own.has(entry.key.text));
  return [...kept, ...[...own.values()].filter((entry) => !isMerge(entry))];
};
