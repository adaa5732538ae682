import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Inventory, ovsfleetParams } from '../inventory/index.ts';
import { FleetError } from '../model/error.ts';
import type { Value } from '../model/host.ts';
import type { GivenParam } from '../playbook/index.ts';
import { parseYaml } from '../yaml/index.ts';

const isValue = (value: unknown): value is Value =>
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value)
    ? value.every(isValue)
    : typeof value === 'object' && Object.values(value ?? {}).every(isValue));

const asParams = (value: unknown, from: string): Readonly<Record<string, GivenParam>> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FleetError({
      code: 'input.extra-vars',
      message: `${from} holds no names and values.`,
      remedy: 'Write NAME=VALUE, a JSON object, or @FILE with a YAML mapping.',
    });
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (isValue(item) ? [[name, { value: item, from }]] : [])),
  );
};

const jsonObject = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FleetError(
      {
        code: 'input.extra-vars',
        message: `-e ${text} is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
        remedy: `Quote it for your shell: -e '{"version": "3.5.0"}'`,
      },
      error,
    );
  }
};

const extra = async (text: string): Promise<Readonly<Record<string, GivenParam>>> => {
  if (text.startsWith('@')) {
    const file = text.slice(1);
    const read = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new FleetError(
        {
          code: 'input.extra-vars',
          message: `-e ${text}: ${error instanceof Error ? error.message : String(error)}.`,
          remedy: 'Give the path of a YAML or JSON file after the @.',
        },
        error,
      );
    });
    return asParams(parseYaml(read, file).value, `-e ${text}`);
  }
  if (text.trimStart().startsWith('{')) return asParams(jsonObject(text), `-e ${text}`);
  // Several in one word, as with Ansible: -e 'a=1 b=2'.
  const pairs = text.split(/\s+(?=[\w-]+=)/).map((pair) => /^([\w-]+)=(.*)$/s.exec(pair));
  if (!pairs.every((pair) => pair !== null)) {
    throw new FleetError({
      code: 'input.extra-vars',
      message: `-e ${text} is not NAME=VALUE.`,
      remedy: 'For example: -e version=3.5.0',
    });
  }
  return Object.fromEntries(pairs.map((pair) => [pair[1] ?? '', { value: pair[2] ?? '', from: `-e ${text}` }]));
};

/**
 * What a playbook is told: `-e` wins over the inventory's `ovsfleet_params`. Names in the inventory that this playbook
 * does not know are left out, since several playbooks share an inventory; with `-e` they are refused.
 */
export const givenParams = async (
  extras: readonly string[],
  inventory: Inventory,
  known: readonly string[],
  directory: string,
): Promise<Readonly<Record<string, GivenParam>>> => {
  const { values, positions } = ovsfleetParams(inventory);
  const fromInventory = Object.entries(values).flatMap(([name, value]) => {
    if (!known.includes(name)) return [];
    const at = positions.get(name);
    return [
      [name, { value, from: `ovsfleet_params, ${at === undefined ? 'inventory' : `${at.file}:${at.line}`}` }] as const,
    ];
  });
  const told = await Promise.all(extras.map(extra));
  const all = Object.fromEntries([...fromInventory, ...told.flatMap((params) => Object.entries(params))]);
  // A path in the inventory counts from the inventory, so that it holds wherever ovsfleet is called.
  const source = all['source'];
  if (source !== undefined && typeof source.value === 'string' && source.from.startsWith('ovsfleet_params')) {
    all['source'] = { ...source, value: resolve(directory, source.value) };
  }
  return all;
};
