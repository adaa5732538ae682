import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { knownKeysOf } from '../../../src/ssh/host-key.ts';
import { parseKnownHosts } from '../../../src/ssh/known-hosts.ts';
import { withKeys } from '../../../src/ssh/known-hosts-file.ts';
import { execute, makeKey } from './support/sshd.ts';

// A process a file: seconds where cores are free, minutes where they are not.
vi.setConfig({ testTimeout: 240_000 });

let directory = '';
let keys: readonly string[] = [];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-known-hosts-'));
  const files = await Promise.all(['one', 'two'].map((name) => makeKey(join(directory, name))));
  keys = await Promise.all(files.map(async (file) => (await readFile(`${file}.pub`, 'utf8')).trim()));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const name = fc.constantFrom(
  'hv01',
  'hv02.example.org',
  '192.0.2.7',
  '[hv01]:2222',
  '[192.0.2.7]:22022',
  '2001:db8::7',
);
const pattern = fc.oneof(
  name,
  fc.constantFrom('hv*', '*', 'hv0?', 'HV01', '*.Example.org', '[*]:2222', '[hv0?]:*', '192.0.2.*'),
);
const field = fc
  .array(
    fc.tuple(fc.constantFrom('', '', '', '!'), pattern).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 4 },
  )
  .map((patterns) => patterns.join(','));
const line = fc.tuple(fc.constantFrom('', '', '', '@revoked ', '@cert-authority '), field, fc.constantFrom(0, 1));
const odd = fc.constantFrom('', '# hv01', 'hv01', '  ', '@other hv01', 'hv01 ssh-ed25519');

/** What `ssh-keygen -F` finds: line numbers with the mark of each. */
const found = (file: string, asked: string): Promise<readonly string[]> =>
  new Promise((resolve) => {
    execFile('ssh-keygen', ['-F', asked, '-f', file], (_error, stdout) => {
      resolve(
        [...stdout.matchAll(/found: line (\d+)( CA| REVOKED)?/g)].map(([, number, mark = '']) => `${number}${mark}`),
      );
    });
  });

const marks = { own: '', revoked: ' REVOKED', authority: ' CA' } as const;

const ours = (text: string, asked: string): readonly string[] => {
  const file = parseKnownHosts('known_hosts', text);
  const { trusted, revoked, authorities } = knownKeysOf({ hostKeyName: asked, hostKeyBareName: null }, [file]);
  return [...trusted, ...revoked, ...authorities]
    .toSorted((a, b) => a.line - b.line)
    .map(({ line: number, is }) => `${number}${marks[is]}`);
};

test('names, patterns, negations, ports and marks are found where ssh-keygen finds them', async () => {
  const file = join(directory, 'known_hosts');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: line }, { weight: 1, arbitrary: odd }), { maxLength: 8 }),
      name,
      async (lines, asked) => {
        const text = lines
          .map((one) => (typeof one === 'string' ? `${one}\n` : `${one[0]}${one[1]} ${keys[one[2]]}\n`))
          .join('');
        await writeFile(file, text);
        expect({ text, found: ours(text, asked) }).toEqual({ text, found: await found(file, asked) });
      },
    ),
    { seed: 20261122, numRuns: 100 },
  );
});

test('hashed names that we write are found by ssh-keygen, and replaced by us', async () => {
  const file = join(directory, 'hashed');
  const [first = '', second = ''] = keys.map((key) => key.split(' ')[1] ?? '');
  const shown = (key: string) => ({ keyType: 'ssh-ed25519', key: Buffer.from(key, 'base64') });
  const all = ['hv01', '[hv01]:2222', '2001:db8::7'];
  const text = withKeys(
    '',
    all.map((one) => ({ name: one, keys: [shown(first)], others: 'keep' as const })),
    'yes',
  );
  await writeFile(file, text);
  expect(text).not.toMatch(/hv01|2001/);
  expect(await Promise.all(all.map((one) => found(file, one)))).toEqual([['1'], ['2'], ['3']]);
  const replaced = withKeys(text, [{ name: '[hv01]:2222', keys: [shown(second)], others: 'replace' }], 'yes');
  await writeFile(file, replaced);
  expect(await Promise.all(all.map((one) => found(file, one)))).toEqual([['1'], ['3'], ['2']]);
  const { stdout } = await execute('ssh-keygen', ['-F', '[hv01]:2222', '-f', file]);
  expect(stdout).toContain(second);
});

test('replacing takes a name out of its lines, and leaves marks, patterns and comments alone', () => {
  const [key = ''] = keys;
  const kept = ['# hv01 of old', `@revoked hv01 ${key}`, `@cert-authority hv01 ${key}`, `hv* ${key}`, 'hv01'];
  const text = [...kept, `hv01 ${key}`, `HV01,hv02 ${key} a comment`, `hv02,10.0.0.1 ${key}`, ''].join('\n');
  const left = withKeys(text, [{ name: 'hv01', keys: [], others: 'replace' }], 'no');
  expect(left).toBe([...kept, `hv02 ${key} a comment`, `hv02,10.0.0.1 ${key}`, ''].join('\n'));
});
