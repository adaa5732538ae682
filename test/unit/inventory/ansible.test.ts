import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { graphText, type Inventory, listText, loadInventory, select, yamlText } from '../../../src/inventory/index.ts';
import { FleetError } from '../../../src/model/error.ts';
import { openSecret, Secret } from '../../../src/model/secret.ts';
import { parseInventoryYaml } from '../../../src/yaml/index.ts';
import { BROKEN } from './corpus/broken.ts';
import type { Case } from './corpus/case.ts';
import { DIFFERENCES } from './corpus/differences.ts';
import { GOOD } from './corpus/good.ts';
import { ODD } from './corpus/odd.ts';
import { askAnsible, Verdict } from './judge.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/inventory');
const root = mkdtempSync(join(tmpdir(), 'corpus-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Larger inventories, as directories beside this test. */
const FIXED: readonly Case[] = readdirSync(FIXTURES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const described: unknown = JSON.parse(readFileSync(join(FIXTURES, name, 'case.json'), 'utf8'));
    const { sources, patterns } = z
      .object({ sources: z.array(z.string()), patterns: z.array(z.string()) })
      .parse(described);
    return { name: `the fixture ${name}`, files: {}, sources, patterns };
  });

const write = (directory: string, files: Case['files']): void => {
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (text.startsWith('#!')) chmodSync(path, 0o755);
  }
};

interface Asked {
  readonly name: string;
  readonly asked: Case;
  readonly directory: string;
  readonly verdict: Verdict;
}

const cases = [...GOOD, ...ODD, ...BROKEN, ...FIXED];
const directories = cases.map((each, index) => {
  if (FIXED.includes(each)) return join(FIXTURES, each.name.replace('the fixture ', ''));
  const directory = join(root, String(index));
  write(directory, each.files);
  return directory;
});
const verdicts = askAnsible(
  cases.map((each, index) => ({
    kind: 'inventory',
    directory: directories[index],
    sources: each.sources,
    patterns: ['all', ...(each.patterns ?? [])],
    passwords: each.passwords ?? [],
    ...(each.playbook === undefined ? {} : { playbook: join(directories[index] ?? '', each.playbook) }),
  })),
);
const asked: readonly Asked[] = cases.map((each, index) => ({
  name: each.name,
  asked: each,
  directory: directories[index] ?? '',
  verdict: Verdict.parse(verdicts[index]),
}));

const load = ({ asked: { sources, passwords = [], playbook }, directory }: Asked): Promise<Inventory> =>
  loadInventory(
    sources.map((source) => (source.includes(',') ? source : join(directory, source))),
    {
      defaultUser: 'me',
      home: '/home/me',
      run: runInventoryProgram,
      vaultPasswords: passwords.map(({ label, password }) => ({ label, password: new Secret(password) })),
      ...(playbook === undefined ? {} : { playbookDirectory: join(directory, playbook) }),
    },
  );

/** Secrets opened, to be compared with what Ansible opened. */
const opened = (value: unknown): unknown => {
  if (value instanceof Secret) return openSecret(value);
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
};

/** What is different: see `Difference`. */
const differenceOf = ({ verdict }: Asked, ours: Inventory | FleetError): string | null => {
  const accepted = verdict.broken.length === 0 && verdict.list !== null;
  if (ours instanceof FleetError) return accepted ? ours.code : null;
  if (!accepted) return 'accepted here alone';
  const theirs: unknown = JSON.parse(verdict.list ?? '');
  return isDeepStrictEqual(JSON.parse(listText(ours, 'shown')), theirs) ? null : 'prints another list';
};

const loaded = await Promise.all(
  asked.map(async (each) => {
    try {
      return { each, ours: await load(each) };
    } catch (error) {
      if (error instanceof FleetError) return { each, ours: error };
      throw error;
    }
  }),
);

test('every inventory that both do not read alike stands in the list of differences, and no other', () => {
  const found: Record<string, string> = {};
  for (const { each, ours } of loaded) {
    const difference = differenceOf(each, ours);
    if (difference !== null) found[each.name] = difference;
  }
  expect(found).toEqual(Object.fromEntries(DIFFERENCES.map(({ inventory, ours }) => [inventory, ours])));
});

test('there are enough inventories, each with a name of its own', () => {
  expect(cases.length).toBeGreaterThan(120);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

const told = new Set(DIFFERENCES.map(({ inventory }) => inventory));
const same = loaded.flatMap(({ each, ours }) =>
  ours instanceof FleetError || each.verdict.list === null || told.has(each.name)
    ? []
    : [[each.name, each.verdict, ours] as const],
);

/** Keys that YAML or Python does not take for text are kept as they are written, in what playbooks see. */
const KEYS_AS_WRITTEN = new Set(['keys of maps that are no text', 'keys that YAML does not take for text']);

describe.each(same)('%s', (name, verdict, inventory) => {
  test('--list prints what ansible-inventory prints', () => {
    const ours = listText(inventory, 'shown');
    const theirs = verdict.list ?? '';
    // With keys of several types Ansible cannot sort, and prints them as they come.
    if (theirs.startsWith('{\n    "_meta"')) expect(ours).toBe(theirs);
    else expect(JSON.parse(ours)).toEqual(JSON.parse(theirs));
  });

  test('--yaml means what that of ansible-inventory means', () => {
    const { value } = parseInventoryYaml(yamlText(inventory, 'shown'), 'ours', {
      report: (problem) => {
        throw problem;
      },
      openVault: (text) => new Secret(text),
      values: 'shown',
    });
    const list: unknown = verdict.yaml;
    const plain = (node: unknown): unknown => {
      if (Array.isArray(node)) return node.map(plain);
      if (typeof node !== 'object' || node === null) return node;
      const entries = Object.entries(node);
      const [only, ...more] = entries;
      if (only !== undefined && more.length === 0 && only[0].startsWith('__ansible_')) return only[1];
      return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
    };
    expect(opened(value)).toEqual(plain(list));
  });

  test('hosts and groups are in the same order', () => {
    expect([...inventory.hosts.keys()]).toEqual(verdict.order);
    expect(Object.fromEntries([...inventory.groups].map(([name, { hosts }]) => [name, hosts]))).toEqual(verdict.groups);
  });

  const valued = Object.entries(KEYS_AS_WRITTEN.has(name) ? {} : verdict.values);
  test.each(valued)('the variables of %s have the same values, templates evaluated', (host, vars) => {
    const ours = inventory.hosts.get(host)?.vars ?? {};
    for (const [name, { value, error }] of Object.entries(vars)) {
      if (error === undefined) expect([name, opened(ours[name])]).toEqual([name, value]);
    }
  });

  test.each(Object.keys(verdict.patterns))('the pattern %s selects the same hosts', (pattern) => {
    const selected = select(inventory, pattern, { allowEmpty: true }).map((host) => host.name);
    expect(selected.toSorted()).toEqual(verdict.patterns[pattern]?.toSorted());
  });

  test('--graph prints what ansible-inventory prints', () => {
    expect(graphText(inventory, 'all', 'names')).toBe(verdict.graph);
  });
});
