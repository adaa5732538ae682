import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Inventory, ovsfleetParams } from '../inventory/index.ts';
import { FleetError } from '../model/error.ts';
import type { Value } from '../model/host.ts';
import { HIDDEN } from '../model/secret.ts';
import { type GivenParam, isLocalSource, type ParamSpecs, sourceKind } from '../playbook/index.ts';
import { parseYaml } from '../yaml/index.ts';
import type { ConfiguredParams } from './configured-params.ts';

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

/**
 * `a=1 b=2` is two, as with Ansible; when any later word is not NAME=VALUE it is one value with blanks in it, such as
 * `cflags=-g -O2 -DX=1`.
 */
const wordsOf = (text: string): readonly string[] => {
  const words = text.trim().split(/\s+/);
  return words.every((word) => /^[A-Za-z_][\w-]*=/.test(word)) ? words : [text];
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
  const pairs = wordsOf(text).map((pair) => /^([A-Za-z_][\w-]*)=(.*)$/s.exec(pair));
  if (!pairs.every((pair) => pair !== null)) {
    throw new FleetError({
      code: 'input.extra-vars',
      message: `-e ${text} is not NAME=VALUE.`,
      remedy: 'For example: -e version=3.5.0',
    });
  }
  return Object.fromEntries(pairs.map((pair) => [pair[1] ?? '', { value: pair[2] ?? '', from: `-e ${text}` }]));
};

/** Parameters that are paths on this machine, made absolute: a resume may be called from elsewhere. */
const withPaths = (
  params: Readonly<Record<string, GivenParam>>,
  specs: ParamSpecs,
  base: (name: string) => string,
): Readonly<Record<string, GivenParam>> =>
  Object.fromEntries(
    Object.entries(params).map(([name, given]) => {
      const kind = Object.hasOwn(specs, name) ? specs[name]?.kind : undefined;
      const text = typeof given.value === 'string' ? given.value : null;
      const isPath = text !== null && (kind === 'path' || (kind === sourceKind && isLocalSource(text)));
      return [name, isPath ? { ...given, value: resolve(base(name), text) } : given];
    }),
  );

/**
 * What a playbook is told: `-e` wins over the inventory's `ovsfleet_params`, and these over the configuration. Names in
 * the last two that this playbook does not know are left out, since several playbooks share them; with `-e` they are
 * refused. A path in the inventory counts from the file that it is written in, one in the configuration
 * likewise, one given with `-e` from the working directory.
 */
export const givenParams = async (
  extras: readonly string[],
  configured: ConfiguredParams | null,
  inventory: Inventory,
  specs: ParamSpecs,
): Promise<Readonly<Record<string, GivenParam>>> => {
  const { values, positions } = ovsfleetParams(inventory);
  const fromInventory = Object.entries(values).flatMap(([name, value]) => {
    if (!Object.hasOwn(specs, name)) return [];
    const at = positions.get(name);
    return [
      [name, { value, from: `ovsfleet_params, ${at === undefined ? 'inventory' : `${at.file}:${at.line}`}` }] as const,
    ];
  });
  const fromConfig = Object.entries(
    configured === null ? {} : asParams(configured.value, `params, ${configured.from}`),
  ).filter(([name]) => Object.hasOwn(specs, name));
  const told = await Promise.all(extras.map(extra));
  // What a run or a plan has written down of a secret says nothing: the inventory may still have it.
  const fromFlags = Object.fromEntries(
    told.flatMap((params) => Object.entries(params)).filter(([, { value }]) => value !== HIDDEN),
  );
  return {
    ...withPaths(Object.fromEntries(fromConfig), specs, () => configured?.directory ?? ''),
    ...withPaths(Object.fromEntries(fromInventory), specs, (name) => dirname(positions.get(name)?.file ?? '')),
    ...withPaths(fromFlags, specs, () => ''),
  };
};
