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

/** The variable of group `all` that holds them. */
export const PARAMS = 'ovsfleet_params';

const entriesOf = (written: YamlEntry): readonly YamlEntry[] => {
  const { value } = written;
  if (value.kind === 'map') return value.entries;
  if (value.kind === 'scalar' && value.value === null) return [];
  return refuse(
    value.at,
    'bad-params',
    `${PARAMS} must be a mapping of parameters to values`,
    `${PARAMS}:\n  version: 2.17.12`,
  );
};

/** `3.10` is the number 3.1, and would ask for another release. */
const refuseRewritten = ({ key, value }: YamlEntry): void => {
  if (value.kind !== 'scalar' || typeof value.value !== 'number' || String(value.value) === value.text) return;
  refuse(
    value.at,
    'bad-params',
    `${key.text} is written ${value.text}, which YAML reads as the number ${value.value}`,
    `Quote it, if it is meant as written: ${key.text}: '${value.text}'`,
  );
};

/** The variable `ovsfleet_params` of group `all`; no values when it is not there. Throws `inventory.bad-params`. */
export const ovsfleetParams = (inventory: Inventory): InventoryParams => {
  const written = inventory.written.get(PARAMS);
  const entries = written === undefined ? [] : entriesOf(written);
  entries.forEach(refuseRewritten);
  return {
    values: Object.fromEntries(entries.map((entry) => [entry.key.text, dataOf(entry.value)])),
    positions: new Map(entries.map((entry) => [entry.key.text, entry.value.at])),
  };
};
