import { type Event, parseEvents, YAMLException } from 'js-yaml';
import { compose } from './compose.ts';
import { dataOf } from './data.ts';
import { LIMITS } from './limits.ts';
import type { YamlNode } from './node.ts';
import type { Position } from './position.ts';
import { CORE_DIALECT, type Dialect, INVENTORY_DIALECT } from './scalars.ts';
import { syntaxError } from './syntax-error.ts';

export interface YamlDocument {
  /** `null` when the file holds nothing but comments. */
  readonly root: YamlNode | null;
  /** The same as plain data, to be parsed by whoever knows its shape. */
  readonly value: unknown;
  /** Where a path is written: its key or list item; the nearest thing around it when there is no such path. */
  position(path: readonly (string | number)[]): Position;
}

const child = (node: YamlNode, step: string | number): { at: Position; node: YamlNode } | undefined => {
  if (node.kind === 'list') {
    const item = node.items[Number(step)];
    return item === undefined ? undefined : { at: item.at, node: item };
  }
  if (node.kind === 'scalar') return undefined;
  const entry = node.entries.find(({ key }) => key.text === String(step));
  return entry === undefined ? undefined : { at: entry.key.at, node: entry.value };
};

const eventsOf = (text: string, file: string): readonly Event[] => {
  try {
    return parseEvents(text, { filename: file, maxDepth: LIMITS.depth });
  } catch (error) {
    if (error instanceof YAMLException) throw syntaxError(error, file);
    throw error;
  }
};

const parse = (text: string, file: string, dialect: Dialect): YamlDocument => {
  const root = compose(text, file, dialect, eventsOf(text, file));
  const start: Position = { file, line: 1, column: 1 };
  return {
    root,
    get value() {
      return root === null ? null : dataOf(root);
    },
    position: (path) => {
      let at = root === null ? start : root.at;
      let node = root;
      for (const step of path) {
        const next: { at: Position; node: YamlNode } | undefined = node === null ? undefined : child(node, step);
        if (next === undefined) return at;
        ({ at, node } = next);
      }
      return at;
    },
  };
};

/**
 * Parses a file that Ansible could read too: YAML 1.1 with merge keys, `!unsafe` taken for text, `!vault` refused.
 * Throws `FleetError` with file, line and column: `yaml.syntax`, `yaml.duplicate-key`, `yaml.vault`, …
 */
export const parseInventoryYaml = (text: string, filename: string): YamlDocument =>
  parse(text, filename, INVENTORY_DIALECT);

/** Parses a file of our own: the core schema of YAML 1.2 and merge keys. Throws as `parseInventoryYaml` does. */
export const parseYaml = (text: string, filename: string): YamlDocument => parse(text, filename, CORE_DIALECT);
