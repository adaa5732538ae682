import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

// The built program, its compiler and a machine with other things to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

const call = (words: readonly string[], cwd = fleet) =>
  new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const env = { ...process.env, NO_COLOR: '1', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: base, COLUMNS: '100' };
    const child = execFile(process.execPath, [main, ...words], { cwd, env }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
    child.stdin?.end();
  });

/** A directory that `init` made, with a second playbook in it. */
let base = '';
let fleet = '';
const parts = `import { group, playbook, sh, step, tagged } from 'ovsfleet';
const told = (title: string) => step(title, { read: sh\`echo no\`, want: 'yes', make: sh\`false\` });
export default playbook({
  title: 'Parts',
  params: {},
  plays: [
    { title: 'First', hosts: 'examples', steps: () => [tagged('config', group('files', told('a'), told('b'))), told('c')] },
    { title: 'Last', hosts: 'examples', tags: 'after', steps: () => told('all is well') },
  ],
});
`;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-init-'));
  fleet = join(base, 'fleet');
  const made = await call(['init', 'fleet'], base);
  expect(made).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/Try it: cd fleet && ovsfleet plan playbooks\/hello\.ts\n$/),
  });
  await writeFile(join(fleet, 'parts.ts'), parts);
});
afterAll(() => rm(base, { recursive: true }));

describe('a directory that init made', () => {
  test('works: its playbook is planned on this machine, with the inventory that its configuration names', async () => {
    const { code, out, err } = await call(['plan', 'playbooks/hello.ts', '-e', 'greeting=good day']);
    expect({ code, err }).toEqual({ code: 5, err: '' });
    expect(out).toMatch(/localhost \(1\)\n {2}~ the greeting is there +.+ → good day, \w+/);
  });

  test('is not made anew: what is there is kept', async () => {
    await writeFile(join(fleet, '.gitignore'), 'mine\n');
    const { code, out } = await call(['init', '.']);
    expect({ code, out: out.split('\n')[3] }).toEqual({ code: 0, out: 'kept     .gitignore' });
    expect(await readFile(join(fleet, '.gitignore'), 'utf8')).toBe('mine\n');
  });

  test('has nothing that lint would say', async () => {
    const said = await call(['lint', '--strict']);
    expect(said).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^0 errors, 0 warnings: .*inventory\.yaml, playbooks\/hello\.ts\n$/),
    });
  });

  test('lets configuration be seen, and where it comes from', async () => {
    const { out } = await call(['config', 'show']);
    expect(out).toMatch(/inventory +\S+\/fleet\/inventory\.yaml +\S+\/fleet\/ovsfleet\.yaml:2\n/);
  });
});

describe('a part of a playbook', () => {
  test.each([
    ['an address', ['--only', 'files/b'], 'b'],
    ['tags', ['-t', 'config,after'], 'a b all is well'],
    ['tags that are left out', ['--skip-tags', 'config', '--skip-tags', 'after'], 'c'],
    ['where to start', ['--start-at-task', 'c'], 'c all is well'],
  ])('is planned by %s', async (_, words, expected) => {
    const { out } = await call(['plan', 'parts.ts', '--no-typecheck', ...words]);
    expect([...out.matchAll(/[~?=] (a|b|c|all is well)\b/g)].map(([, title]) => title).join(' ')).toBe(expected);
  });

  test('that there is not is told with the nearest name, exit 2', async () => {
    const { code, out } = await call(['plan', 'parts.ts', '--only', 'flies/*', '--no-typecheck']);
    expect(out).toMatch(/Nothing of the playbook is selected by --only 'flies\/\*': .* Did you\s+mean\s+files\?/);
    expect(code).toBe(2);
  });

  test.each([
    ['--list-hosts', 'First  hosts: examples (1)\n  localhost\nLast  hosts: examples (1)\n  localhost\n'],
    [
      '--list-tasks',
      'First  hosts: examples (1)\n  localhost (1)\n    files/a   [config]\n    files/b   [config]\n    c\n' +
        'Last  hosts: examples (1)\n  localhost (1)\n    all is well   [after]\n',
    ],
    ['--list-tags', 'First  hosts: examples (1)\n  config\nLast  hosts: examples (1)\n  after\n'],
  ])('is found with %s', async (what, text) => {
    expect((await call(['plan', 'parts.ts', '--no-typecheck', what])).out).toBe(text);
  });
});

describe('help', () => {
  test('of a playbook tells its parameters', async () => {
    const { code, out } = await call(['run', 'playbooks/hello.ts', '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(/Parameters of "Say hello"[\s\S]*greeting +what the file shall say\n +text; hello unless said/);
  });
});

describe('lint', () => {
  test('tells all that is wrong together, each with its place and what to type', async () => {
    await writeFile(
      join(base, 'hosts.yaml'),
      'all:\n  hosts:\n    hv01: { ansible_port: ninety }\n    hv02: { ansible_user: 1 }\n',
    );
    await writeFile(join(base, 'policy.yaml'), 'max_hots: 3\n');
    await writeFile(
      join(base, 'types.ts'),
      "import { playbook } from 'ovsfleet';\nexport default playbook({ title: 1, params: {}, plays: [] });\n",
    );
    const { code, out } = await call(
      ['lint', '-i', 'hosts.yaml', '--policy', 'policy.yaml', 'types.ts', 'none.ts'],
      base,
    );
    expect(code).toBe(2);
    for (const part of [
      /hosts\.yaml:3:\d+.*ninety/,
      /hosts\.yaml:4:\d+/,
      /policy\.yaml:1:1/,
      /types\.ts:2:\d+[\s\S]*TS2322/,
      /There is no playbook none\.ts/,
    ])
      expect(out).toMatch(part);
    expect(out).toMatch(/^5 errors, 0 warnings: hosts\.yaml, types\.ts, none\.ts$/m);
    expect(out.match(/^ {2}→ /gm)).toHaveLength(5);
  });

  test('tries the patterns of plays and the parameters that the inventory gives', async () => {
    await writeFile(
      join(base, 'other.yaml'),
      'all:\n  hosts:\n    hv01:\n  vars: { ovsfleet_params: { greeting: [a] } }\n',
    );
    const playbook = join(fleet, 'playbooks/hello.ts');
    const wrong = await call(['lint', '-i', 'other.yaml', playbook, '--no-typecheck', '-e', 'greeting=a'], base);
    expect(wrong).toMatchObject({
      code: 2,
      out: expect.stringMatching(/hello\.ts: play "Greet": no host or group is named examples/),
    });
    const kind = await call(['lint', '-i', 'other.yaml', playbook, '--no-typecheck'], base);
    expect(kind).toMatchObject({
      code: 2,
      out: expect.stringMatching(/"greeting" is \["a"\] \(ovsfleet_params, other\.yaml:4\)/),
    });
  });

  test('has nothing to look at when nothing is named and nothing lies there', async () => {
    expect(await call(['lint'], base)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/nothing to look at/),
    });
  });
});

describe('what shells and reports of faults ask for', () => {
  test.each<[readonly string[], RegExp]>([
    [['completion', 'bash'], /complete .* -F _ovsfleet ovsfleet\n$/],
    [['completion', 'zsh'], /^#compdef ovsfleet\n/],
    [['version'], /^ovsfleet \d+\.\d+\.\d+, node v\d+/],
    [['--get-yargs-completions', 'ovsfleet', 'conf'], /^config\b/m],
  ])('is printed by %j', async (words, text) => {
    expect((await call(words)).out).toMatch(text);
  });
});
