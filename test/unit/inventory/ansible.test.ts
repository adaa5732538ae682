import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { loadInventory, select } from '../../../src/inventory/index.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/inventory');

const Case = z.object({ sources: z.array(z.string()), patterns: z.array(z.string()) });
const Names = z.record(z.string(), z.array(z.string()));
const Expected = z.object({
  hostvars: z.record(z.string(), z.record(z.string(), z.unknown())),
  groups: Names,
  patterns: Names,
});

const read = (name: string, file: string): unknown => JSON.parse(readFileSync(join(FIXTURES, name, file), 'utf8'));

const cases = readdirSync(FIXTURES, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** The answers in expected.json are Ansible's own: see record.py there. */
describe.each(cases)('the inventory "%s" means what Ansible takes it for', async (name) => {
  const { sources } = Case.parse(read(name, 'case.json'));
  const expected = Expected.parse(read(name, 'expected.json'));
  const paths = sources.map((source) => (source.includes(',') ? source : join(FIXTURES, name, source)));
  const inventory = await loadInventory(paths, { defaultUser: 'me', home: '/home/me', run: runInventoryProgram });

  test('the same hosts, with the same variables', () => {
    const vars = Object.fromEntries([...inventory.hosts].map(([host, { vars }]) => [host, vars]));
    expect(vars).toEqual(expected.hostvars);
  });

  test('hosts are in the same order', () => {
    expect([...inventory.hosts.keys()]).toEqual(Object.keys(expected.hostvars));
  });

  test('groups hold the same hosts, in the order that subscripts count', () => {
    const groups = Object.fromEntries([...inventory.groups].map(([group, { hosts }]) => [group, hosts]));
    expect(groups).toEqual(expected.groups);
  });

  test.each(Object.entries(expected.patterns))('the pattern %s selects the same hosts', (pattern, hosts) => {
    const selected = select(inventory, pattern, { allowEmpty: true }).map((host) => host.name);
    expect(selected.toSorted()).toEqual(hosts.toSorted());
  });
});
