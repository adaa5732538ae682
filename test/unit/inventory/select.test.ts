import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { type Inventory, limit, loadInventory, select } from '../../../src/inventory/index.ts';
import { foldHosts } from '../../../src/model/fold-hosts.ts';
import { directoryWith, refusal } from './files.ts';

const SITE = `
hypervisors:
  children:
    rack_a: {hosts: {"hv[01:04]": }}
    rack_b: {hosts: {"hv[05:08]": , "node[1:2].example.net": }}
builders: {hosts: {build1: }}
empty: {hosts: }
`;

const site = (): Promise<Inventory> =>
  loadInventory([join(directoryWith({ 'inv.yaml': SITE }), 'inv.yaml')], {
    defaultUser: 'me',
    home: '/home/me',
    run: runInventoryProgram,
  });

const folded = (hosts: readonly { name: string }[]): string => foldHosts(hosts.map(({ name }) => name));

describe('a pattern selects', () => {
  test.each([
    ['hv03,hv01', 'hv[01,03]'],
    ['rack_a', 'hv[01-04]'],
    ['rack_a:!hv02', 'hv[01,03-04]'],
    ['!rack_b', 'build1,hv[01-04]'],
    ['rack_*:&hv0[4-5]*', 'hv[04-05]'],
    ['rack_a:!quarantined[2:0]', 'hv[01-04]'],
    ['hv[01-03,07]', 'hv[01-03,07]'],
    ['hv[01-07/3]', 'hv[01,04,07]'],
    ['hv[01-03,05,06-08/2]', 'hv[01-03,05-06,08]'],
    ['hv[02],build[1]', 'build1,hv02'],
    ['hv0[1-2]', 'hv[01-02]'],
    ['rack_a[0-2]', 'hv[01-03]'],
    ['rack_a[1:2]', 'hv[02-03]'],
    ['~hv0[12]', 'hv[01-02]'],
    ['hv[01-03,07],build1', 'build1,hv[01-03,07]'],
    ['node[1-2].example.net', 'node[1-2].example.net'],
    ['hypervisors:!hv[01-07]', 'hv08,node[1-2].example.net'],
    ['rack_a:!nosuch', 'hv[01-04]'],
    ['hypervisors[-1]', 'node2.example.net'],
    [' rack_a , build1 ', 'build1,hv[01-04]'],
  ])('%s is %s', async (pattern, hosts) => {
    expect(folded(select(await site(), pattern))).toBe(hosts);
  });

  test('in the order of the inventory, however it is typed', async () => {
    expect(select(await site(), 'build1,hv03,hv01').map(({ name }) => name)).toEqual(['hv01', 'hv03', 'build1']);
  });
});

describe('a pattern that selects less than it says is refused', () => {
  test.each([
    [
      'hypervisers',
      'no-match',
      "no host or group is named hypervisers (in 'hypervisers'). Did you mean hypervisors?",
      "Write 'hypervisors'",
    ],
    ['rack_a:&hyprvisors', 'no-match', 'named hyprvisors', "Write 'rack_a:&hypervisors'"],
    ['hv[03-05,09-10]', 'no-match', 'named hv[09-10]', 'Choose from'],
    [
      'xyz*',
      'no-match',
      'named xyz*',
      'Choose from the groups all, ungrouped, hypervisors, rack_a, rack_b, builders, empty',
    ],
    ['empty', 'no-match', 'group empty has no hosts', 'Choose from the groups'],
    ['rack_a[4]', 'no-match', 'rack_a[4] picks none: there are 4 hosts, and the first is [0]', 'Choose'],
    ['rack_c[0]', 'no-match', 'named rack_c', "Write 'rack_a[0]'"],
    ['localhost', 'no-match', 'This machine counts only if the inventory names it.', 'Choose'],
    ['rack_a:hv05,hv06', 'no-match', 'Separate all parts with commas, or all with colons.', ''],
    ['rack_a:!hv2', 'no-match', "named hv2 (in 'rack_a:!hv2'). Did you mean hv02", "Write 'rack_a:!hv02'"],
    ['all:!hv0[2:3]', 'no-match', 'Did you mean hv0[2-3]?', "Write 'all:!hv0[2-3]'"],
    ['hv0[2:3]', 'no-match', 'named hv0 ', "Write 'hv0[2-3]'"],
    ['rack_a:&rack_b', 'empty-selection', 'selects no host', 'Remove a part'],
    ['rack_a[:2]', 'bad-pattern', 'has a subscript without a start', 'Write rack_a[0:2]'],
    ['rack_a[0,2-3]', 'bad-pattern', 'has a list in the subscript of group rack_a', 'Write rack_a[0],rack_a[2:3]'],
    ['hv[3-1]', 'bad-pattern', 'ends before it begins', 'Write [1-3]'],
    ['hv[01-04/0]', 'bad-pattern', 'has a step of 0', 'Write [01-04/2]'],
    ['~hv(', 'bad-pattern', 'cannot be understood', 'Write a name'],
    ['hv[01', 'bad-pattern', 'has an unpaired bracket', 'Write'],
    ['rack_a,!', 'bad-pattern', 'has a sign and no name', 'Write'],
    [' ', 'bad-pattern', 'is empty', "Write 'all'"],
  ])('%s', async (pattern, code, words, remedy) => {
    const inventory = await site();
    const error = await refusal(() => select(inventory, pattern));
    expect(error.code).toBe(`inventory.${code}`);
    expect(error.message).toContain(words);
    expect(error.remedy).toContain(remedy);
  });

  test.each(['nosuch', 'empty', 'rack_a:&rack_b', 'rack_a[9]'])(
    'but %s is allowed to be empty when told so',
    async (pattern) => {
      expect(select(await site(), pattern, { allowEmpty: true })).toEqual([]);
    },
  );
});

describe('a limit', () => {
  const limited = async (pattern: string) => {
    const inventory = await site();
    return limit(inventory, select(inventory, 'hypervisors'), pattern);
  };
  const file = (text: string): string => join(directoryWith({ 'retry.txt': text }), 'retry.txt');

  test.each([
    ['hv0[2-3]', 'hv[02-03]'],
    ['!rack_b', 'hv[01-04]'],
    ['all', 'hv[01-08],node[1-2].example.net'],
    ['build1', ''],
  ])('of %s leaves %s', async (pattern, hosts) => {
    expect(folded(await limited(pattern))).toBe(hosts);
  });

  test('may name a file with a host or pattern on each line', async () => {
    const path = file('# failed yesterday\nhv02\n\nhv[07-08]\r\n');
    expect(folded(await limited(`@${path}`))).toBe('hv[02,07-08]');
    expect(folded(await limited(`hv01,@${path},!hv08`))).toBe('hv[01-02,07]');
  });

  test.each([
    ['a name that is none', 'hv99', 'inventory.no-match'],
    ['a file that is not there', '@/nowhere/retry', 'inventory.bad-pattern'],
  ])('with %s is refused', async (_name, pattern, code) => {
    expect((await refusal(() => limited(pattern))).code).toBe(code);
  });

  test('with an empty file is refused, not taken for all', async () => {
    const path = file('# nothing\n');
    expect((await refusal(() => limited(`@${path}`))).message).toContain('without hosts');
  });
});
