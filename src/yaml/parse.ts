import { type Event, parseEvents, YAMLException } from 'js-yaml';
import type { FleetError } from '../model/error.ts';
import type { Secret } from '../model/secret.ts';
import { compose } from './compose.ts';
import { dataOf } from './data.ts';
import { readJson } from './json.ts';
import { LIMITS } from './limits.ts';
import type { YamlNode } from './node.ts';
import type { Position } from './position.ts';
import { type Reading, throwIt } from './reading.ts';
import { CORE_DIALECT, INVENTORY_DIALECT } from './scalars.ts';
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
  if (node.kind !== 'map') return undefined;
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

const documentOf = (root: YamlNode | null, file: string): YamlDocument => {
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

/** How an inventory file is read; without these the first problem is thrown, and vaults are refused. */
export interface InventoryReading {
  /** Takes each problem that reading can go on after. */
  readonly report: (problem: FleetError) => void;
  /** Makes a secret of a `!vault` value. */
  readonly openVault: (ciphertext: string, at: Position) => Secret;
  /** `hidden`: the text came out of a vault, and every value in it is a secret. */
  readonly values: 'shown' | 'hidden';
}

/**
 * Parses a file that Ansible could read too: JSON where it is JSON, else YAML 1.1 with merge keys; `!unsafe` is taken for
 * text. Throws `FleetError` with file, line and column: `yaml.syntax`, `yaml.duplicate-key`, `yaml.vault`, …
 */
export const parseInventoryYaml = (text: string, file: string, given?: InventoryReading): YamlDocument => {
  const reading: Reading = { report: throwIt, values: 'shown', ...given, dialect: INVENTORY_DIALECT };
  return documentOf(readJson(text, file, reading) ?? compose(text, file, reading, eventsOf(text, file)), file);
};

/** Parses a file of our own: the core schema of YAML 1.2 and merge keys. Throws as `parseInventoryYaml` does. */
export const parseYaml = (text: string, file: string): YamlDocument => {
  const reading: Reading = { report: throwIt, values: 'shown', dialect: CORE_DIALECT };
  return documentOf(compose(text, file, reading, eventsOf(text, file)), file);
};
