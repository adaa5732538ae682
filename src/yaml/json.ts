import { type Node, parseTree } from 'jsonc-parser';
import { FleetError } from '../model/error.ts';
import { givenTwice } from './mapping.ts';
import type { ScalarValue, YamlEntry, YamlNode, YamlScalar } from './node.ts';
import { type Position, positionsIn, problemAt } from './position.ts';
import type { Reading } from './reading.ts';
import { hide } from './tags.ts';

const isJson = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const scalarOf = (value: unknown): ScalarValue =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const tooLarge = (text: string, at: Position): FleetError =>
  new FleetError(
    problemAt(at, {
      code: 'yaml.number-too-large',
      message: `${text} has more digits than a number keeps`,
      remedy: `Quote it: "${text}"`,
    }),
  );

/**
 * The tree of a file that is JSON, or `undefined` when it is not. As in Ansible, what is JSON is read as JSON: `1e3` is a
 * number there and a text in YAML 1.1, and `<<` is a key like others.
 */
export const readJson = (text: string, file: string, reading: Reading): YamlNode | undefined => {
  if (!isJson(text)) return undefined;
  const root = parseTree(text);
  if (root === undefined) return undefined;
  const positionOf = positionsIn(text, file);

  const scalar = (node: Node): YamlScalar => {
    const at = positionOf(node.offset);
    const written = text.slice(node.offset, node.offset + node.length);
    const value = scalarOf(node.value);
    if (/^-?\d+$/.test(written) && !Number.isSafeInteger(value)) reading.report(tooLarge(written, at));
    return { kind: 'scalar', value, text: typeof value === 'string' ? value : written, at };
  };

  const entries = (node: Node): readonly YamlEntry[] => {
    const own = new Map<string, YamlEntry>();
    for (const { children: [name, value] = [] } of node.children ?? []) {
      if (name === undefined || value === undefined) continue;
      const entry = { key: scalar(name), value: build(value) };
      const first = own.get(entry.key.text);
      if (first === undefined) own.set(entry.key.text, entry);
      else reading.report(givenTwice(first, entry));
    }
    return [...own.values()];
  };

  const build = (node: Node): YamlNode => {
    const at = positionOf(node.offset);
    if (node.type === 'array') return { kind: 'list', items: (node.children ?? []).map(build), at };
    if (node.type === 'object') return { kind: 'map', entries: entries(node), at };
    return reading.values === 'hidden' ? hide(scalar(node)) : scalar(node);
  };

  return build(root);
};
