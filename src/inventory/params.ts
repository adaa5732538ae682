import type { Value } from '../model/host.ts';
import { dataOf, type Position, type YamlEntry } from '../yaml/index.ts';
import type { Inventory } from './inventory.ts';
import { refuse } from './refuse.ts';

/** What an inventory says about the parameters of playbooks. */
export interface InventoryParams {
  readonly values: Readonly<Record<string, Value>>;
  /** Where each value is written, for errors about it. */
  readonly positions: ReadonlyMap<string, Position>;
}

const VARIABLE = 'ovsfleet_params';

const entriesOf = (written: YamlEntry): readonly YamlEntry[] => {
  const { value } = written;
  if (value.kind === 'map') return value.entries;
  if (value.kind === 'scalar' && value.value === null) return [];
  return refuse(
    value.at,
    'bad-params',
    `${VARIABLE} must be a mapping of parameters to values`,
    `${VARIABLE}:\n  version: 2.17.12`,
  );
};

/** The variable `ovsfleet_params` of group `all`; no values when it is not there. Throws `inventory.bad-params`. */
export const ovsfleetParams = (inventory: Inventory): InventoryParams => {
  const written = inventory.written.get(VARIABLE);
  const entries = written === undefined ? [] : entriesOf(written);
  return {
    values: Object.fromEntries(entries.map((entry) => [entry.key.text, dataOf(entry.value)])),
    positions: new Map(entries.map((entry) => [entry.key.text, entry.value.at])),
  };
};
