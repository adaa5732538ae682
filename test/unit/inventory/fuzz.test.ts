import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { emptyDraft } from '../../../src/inventory/draft.ts';
import { loadInventory, select } from '../../../src/inventory/index.ts';
import { readIni } from '../../../src/inventory/ini/read-ini.ts';
import { readHostKey } from '../../../src/inventory/names.ts';
import { FleetError } from '../../../src/model/error.ts';
import { dataOf } from '../../../src/yaml/index.ts';
import { askAnsible } from './judge.ts';
import { type Draw, drawFrom } from './seeds.ts';

const root = mkdtempSync(join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(root, { recursive: true }));

const OPTIONS = { defaultUser: 'me', home: '/home/me', run: runInventoryProgram };
const HERE = { file: 'here', line: 1, column: 1 };
const SEEDS = Array.from({ length: 10_000 }, (_, seed) => seed);

/** All hosts, groups and depths that patterns can get wrong. */
const SITE = `gw
hv
[web]
w[01:12]
web-1.example.com
[db]
d[1:3]
w01
[rack_a]
w0[1:6]
[rack_b]
w0[7:9]
w1[0:2]
[racks:children]
rack_a
rack_b
[site:children]
racks
db
[nobody]
`;

const NAMES = [
  'web',
  'db',
  'rack_a',
  'rack_b',
  'racks',
  'site',
  'nobody',
  'all',
  'ungrouped',
  'gw',
  'hv',
  'w01',
  'w12',
  'd2',
  'web-1.example.com',
  'x',
];
const GLOBS = [
  'w*',
  'w0?',
  'w[01]*',
  'w[!0]?',
  'rack_*',
  '*.example.com',
  'd?',
  '*',
  '?',
  'w0[1-3]*',
  'r*s',
  '*a*',
  'w[0-1][2-4]*',
];
const REGEXES = ['~w\\d+', '~^rack', '~.*2$', '~(web|db)$', '~w1', '~[dh].*', '~x'];

const subscript = (draw: Draw): string =>
  draw.one([
    `[${draw.below(6)}]`,
    `[-${1 + draw.below(4)}]`,
    `[${draw.below(4)}:${draw.below(6)}]`,
    `[${draw.below(5)}:]`,
    `[${draw.below(3)}-${draw.below(5)}]`,
  ]);

const term = (draw: Draw): string => {
  const sign = draw.one(['', '', '', '!', '&']);
  if (draw.below(8) === 0) return sign + draw.one(REGEXES);
  const base = draw.below(3) === 0 ? draw.one(GLOBS) : draw.one(NAMES);
  return sign + base + (draw.below(4) === 0 ? subscript(draw) : '');
};

const pattern = (draw: Draw): string => {
  const terms = Array.from({ length: 1 + draw.below(4) }, () => term(draw));
  return terms.join(draw.one([':', ',', ', ']));
};

const Patterns = z.object({ patterns: z.record(z.string(), z.array(z.string()).nullable()) });

test('10,000 patterns select what Ansible selects', async () => {
  const file = join(root, 'site');
  writeFileSync(file, SITE);
  const inventory = await loadInventory([file], OPTIONS);
  const patterns = [...new Set(SEEDS.map((seed) => pattern(drawFrom(seed))))];
  const [answer] = askAnsible([{ kind: 'inventory', directory: root, sources: ['site'], patterns, brief: true }]);
  const theirs = Patterns.parse(answer).patterns;
  const wrong: string[] = [];
  for (const text of patterns) {
    try {
      const ours = select(inventory, text, { allowEmpty: true }).map(({ name }) => name);
      const expected = theirs[text]?.toSorted();
      if (expected === undefined) {
        // An error there, for a subscript past the end; here too, where it must not be empty.
        // (After ! nothing is missing that is not there.)
        if (!text.includes('!')) expect(() => select(inventory, text), text).toThrow(FleetError);
        continue;
      }
      if (ours.toSorted().join() !== expected.join()) wrong.push(`${text}: ${ours.join()} is not ${expected.join()}`);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      // x is no group and no host: x[2-1] is a set of names as ClusterShell writes it, and a wrong one.
      if (!/x\[\d-\d\]/.test(text)) wrong.push(`${text} is refused: ${error.message}`);
    }
  }
  expect(wrong.slice(0, 20)).toEqual([]);
});

const bound = (draw: Draw): string =>
  draw.one([
    '',
    '0',
    '1',
    '2',
    '3',
    '9',
    '10',
    '11',
    '01',
    '02',
    '09',
    '10',
    '001',
    '012',
    '100',
    'a',
    'c',
    'z',
    'A',
    'C',
    'Z',
    'aa',
    'f1',
    '-1',
    'x y',
  ]);

const RIGHT = ['[1:3]', '[01:12]', '[a:c]', '[X:Z]', '[a:C:5]', '[0:10:2]', '[:2]', '[007:010]', '[9:11]'];

const range = (draw: Draw): string => {
  if (draw.below(2) === 0) return draw.one(RIGHT);
  const step = draw.one(['', '', '', `:${draw.one(['1', '2', '3', '10', '0', '', '-1', '01', 'a'])}`]);
  return `[${bound(draw)}${draw.one([':', ':', ':', ':', '-', ''])}${bound(draw)}${step}]`;
};

const hostName = (draw: Draw): string => {
  const piece = (): string => draw.one(['h', 'hv', 'a-', 'n_', 'x.', '1', '', '.example.com']);
  const parts = Array.from({ length: 1 + draw.below(2) }, () => `${piece()}${range(draw)}`).join('');
  return `${parts}${piece()}${draw.one(['', '', '', ':22', ':', ':x'])}`;
};

const Ranges = z.array(
  z.union([z.object({ names: z.array(z.string()), port: z.number().nullable() }), z.object({ error: z.string() })]),
);

test('10,000 names with ranges stand for what they stand for in Ansible, or are refused', () => {
  const names = [...new Set(SEEDS.map((seed) => hostName(drawFrom(seed))))];
  const [answer] = askAnsible([{ kind: 'ranges', texts: names }]);
  const theirs = Ranges.parse(answer);
  const wrong: string[] = [];
  let accepted = 0;
  for (const [index, name] of names.entries()) {
    const verdict = theirs[index];
    const expected = verdict === undefined || 'error' in verdict ? null : verdict;
    try {
      const ours = readHostKey({ kind: 'scalar', value: name, text: name, at: HERE });
      accepted += 1;
      const same =
        expected !== null &&
        ours.names.slice(0, 2000).join() === expected.names.join() &&
        (ours.port ?? null) === expected.port;
      if (!same) wrong.push(`${name}: ${JSON.stringify(ours)} is not ${JSON.stringify(expected)}`);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      // What Ansible makes of the rest no one means: signs and blanks in a name, numbers below 0, or no host at all.
      const meant =
        expected !== null &&
        expected.names.length > 0 &&
        !/\[[^\]]*-|^\[\d+:\d+\]:\d+$/.test(name) &&
        expected.names.every((each) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(each));
      if (meant) wrong.push(`${name} is refused (${error.message}) and means ${expected.names.slice(0, 5).join()}`);
    }
  }
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(accepted).toBeGreaterThan(1000);
});

const PIECES = [
  '1',
  '0',
  '10',
  '1.5',
  '.5',
  '1e3',
  '0x1f',
  '0b1',
  '0o7',
  '1_0',
  '007',
  '-',
  '+',
  'True',
  'None',
  'true',
  'a',
  "'a'",
  '"b c"',
  "r'\\n'",
  "b'x'",
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ',',
  ', ',
  ': ',
  ':',
  ' ',
  '#',
  '\\n',
  "'",
  '"',
  '\\',
  '=',
  '..',
  'é',
  '1j',
  "'\\x41'",
  "u''",
];

const line = (draw: Draw): string => {
  const value = (): string => Array.from({ length: 1 + draw.below(5) }, () => draw.one(PIECES)).join('');
  const quoted = (): string => (draw.below(3) === 0 ? `"${value().replaceAll(/["\\]/g, '')}"` : value());
  return `h ${Array.from({ length: 1 + draw.below(2) }, (_, index) => `v${index}=${quoted()}`).join(' ')}`;
};

const Lines = z.array(
  z.union([z.object({ vars: z.record(z.string(), z.unknown()) }), z.object({ error: z.string() })]),
);

test('10,000 lines of INI have the words and the values that they have in Ansible', () => {
  const lines = [...new Set(SEEDS.map((seed) => line(drawFrom(seed))))];
  const [answer] = askAnsible([{ kind: 'lines', texts: lines }]);
  const theirs = Lines.parse(answer);
  const wrong: string[] = [];
  for (const [index, text] of lines.entries()) {
    const verdict = theirs[index];
    const draft = emptyDraft();
    readIni(draft, { path: 'line', text, sha256: '', executable: false, values: 'shown' });
    const [problem] = draft.problems.found.values();
    const vars = [...(draft.hosts.get('h')?.vars ?? [])].map(([name, { value }]) => [name, dataOf(value)] as const);
    const ours = problem === undefined ? JSON.stringify(Object.fromEntries(vars)) : problem.code;
    const expected = verdict !== undefined && 'vars' in verdict ? JSON.stringify(verdict.vars) : 'an error';
    // Refused here: what JSON has no value for, and variables without a name.
    const rightly =
      problem !== undefined &&
      (expected === 'an error' || problem.code === 'inventory.bad-value' || expected.includes('"":'));
    if (!rightly && ours !== expected) wrong.push(`${text} gives ${ours}, not ${expected}`);
  }
  expect(wrong.slice(0, 20)).toEqual([]);
});
