import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import * as ovsfleet from '../../../src/index.ts';
import { FleetError } from '../../../src/model/error.ts';
import { type LoadedPlaybook, loadPlaybook, type Playbook } from '../../../src/playbook/index.ts';

const root = mkdtempSync(join(tmpdir(), 'load-test-'));
afterAll(() => rmSync(root, { recursive: true }));

const types = { ovsfleet: fileURLToPath(new URL('../../../src/index.ts', import.meta.url)) };
const cacheDirectory = join(root, 'cache');

/** A user's own directory, far from this package: nothing is installed there. */
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(root, 'site-'));
});

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
};

const loaded = (name: string, asked: { readonly typeCheck: boolean } = { typeCheck: false }): Promise<LoadedPlaybook> =>
  loadPlaybook(join(directory, name), { cacheDirectory, modules: { ovsfleet }, types: asked.typeCheck ? types : null });

const load = async (name: string, asked?: { readonly typeCheck: boolean }): Promise<Playbook> =>
  (await loaded(name, asked)).playbook;

/** The error that loading ends in, with the directory taken out of its text. */
const refusal = async (name: string, asked?: { readonly typeCheck: boolean }) => {
  const error: unknown = await load(name, asked).then(
    () => 'loaded',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FleetError)) throw new Error('no FleetError', { cause: error });
  const shown = (text: string): string => text.replaceAll(`${directory}/`, '').replaceAll(directory, '.');
  return { code: error.code, message: shown(error.message), remedy: shown(error.remedy) };
};

const good = `
import { param, playbook, sh, step } from 'ovsfleet';
import { motd } from './roles/motd';
enum Greeting { Short = 'hello' }

export default playbook({
  title: 'Say hello',
  params: { text: param.string('what to say', { default: Greeting.Short }) },
  plays: [{ title: 'Greet', hosts: 'all', steps: ({ params, host }) => motd(params.text, host.name) }],
});
`;
const motd = `
import { readFileSync } from 'node:fs';
import { type Script, sh, step } from 'ovsfleet';
export const motd = (text: string, name: string) =>
  step('greeting', { read: sh\`cat /etc/motd\`, want: text + ' ' + name, make: sh\`echo \${text} >/etc/motd\` });
`;
const goodFiles = { 'hello.ts': good, 'roles/motd.ts': motd.replace('type Script, ', '') };

const hv01 = {
  facts: {
    distro: 'debian',
    distroVersion: '12',
    kernel: '6.1',
    arch: 'x86_64',
    init: 'systemd',
    ovs: null,
    openstack: null,
  },
  host: { name: 'hv01', groups: [], vars: {} },
} as const;

describe('a playbook outside the package', () => {
  it('loads with what it imports, and makes its trees', async () => {
    write(goodFiles);
    const [play] = (await load('hello.ts')).resolve({}).plays;
    expect(play?.nodes(hv01)).toMatchObject([{ kind: 'step', title: 'greeting', want: 'hello hv01' }]);
  });

  it('type-checks with no package and no tsconfig beside it', async () => {
    write(goodFiles);
    expect((await load('hello.ts', { typeCheck: true })).title).toBe('Say hello');
  });

  it.each<[string, Readonly<Record<string, string>>, Awaited<ReturnType<typeof refusal>>]>([
    [
      'that does not parse says where, and shows the line',
      { 'p.ts': "import { playbook } from 'ovsfleet';\nexport default playbook({\n\ttitle: 'x'\n\tparams: {},\n});\n" },
      {
        code: 'playbook.syntax',
        message: 'p.ts:4:2 does not parse: Unexpected token, expected ","\n    \tparams: {},\n    \t^',
        remedy: 'Correct line 4 of p.ts.',
      },
    ],
    [
      'whose import does not parse names the imported file',
      { 'p.ts': "import { a } from './roles/a';\nexport default a;\n", 'roles/a.ts': 'export const a = {;\n' },
      {
        code: 'playbook.syntax',
        message: 'roles/a.ts:1:19 does not parse: Unexpected token\n    export const a = {;\n                      ^',
        remedy: 'Correct line 1 of roles/a.ts.',
      },
    ],
    [
      'that throws says what and where, without our own frames',
      {
        'p.ts':
          "import { find } from './find.ts';\n\nconst first = (): string => find('hv01');\nexport default first();\n",
        'find.ts':
          'export interface A {\n  a: string;\n}\nexport const find = (name: string): never => {\n  throw new RangeError("no " + name + " in rack.json");\n};\n',
      },
      {
        code: 'playbook.throws',
        message:
          'p.ts could not be loaded: RangeError: no hv01 in rack.json\n    at find, find.ts:5\n    at first, p.ts:3\n    at p.ts:4',
        remedy: 'Correct line 5 of find.ts, or what calls it.',
      },
    ],
    [
      'that throws something else than an Error says what it threw',
      { 'p.ts': "throw 'no rack';\nexport default 1;\n" },
      {
        code: 'playbook.throws',
        message: 'p.ts threw "no rack" while it was loaded.',
        remedy: 'Throw an Error instead: it tells where.',
      },
    ],
    [
      'that calls what ovsfleet does not have names it as it was written',
      { 'p.ts': "import { playbok } from 'ovsfleet';\n\nexport default playbok({});\n" },
      {
        code: 'playbook.throws',
        message: 'p.ts could not be loaded: TypeError: playbok is not a function\n    at p.ts:3',
        remedy: 'Correct line 3 of p.ts, or what calls it.',
      },
    ],
    [
      'that imports a file which is not there',
      { 'p.ts': "import a from './roles/nope.ts';\nexport default a;\n" },
      {
        code: 'playbook.import',
        message: 'p.ts imports "./roles/nope.ts", which is not there.',
        remedy: 'Correct the path in the import.',
      },
    ],
    [
      'that imports a package which is not installed',
      {
        'p.ts': "import a from './a.ts';\nexport default a;\n",
        'a.ts': "import a from 'left-pad-9';\nexport default a;\n",
      },
      {
        code: 'playbook.import',
        message: 'a.ts imports "left-pad-9", which is not installed.',
        remedy:
          "Run `npm install left-pad-9` in the playbook's directory. What playbooks themselves are written with is imported from 'ovsfleet'.",
      },
    ],
    [
      'that breaks a rule of playbooks tells the rule',
      {
        'p.ts':
          "import { playbook } from 'ovsfleet';\nconst play = { title: 'A', hosts: 'all', steps: () => [] };\nexport default playbook({ title: 'P', params: {}, plays: [play, play] });\n",
      },
      {
        code: 'playbook.duplicate-title',
        message: 'Two plays of "P" are called "A".',
        remedy: 'Give each play a title of its own: addresses are made of titles.',
      },
    ],
    [
      'with no default export says what to write',
      { 'p.ts': 'export const a = 1;\n' },
      {
        code: 'playbook.no-playbook',
        message: 'p.ts has no default export.',
        remedy: 'Write: export default playbook({ title, params, plays }).',
      },
    ],
    [
      'exported under a name says which',
      {
        'p.ts':
          "import { playbook } from 'ovsfleet';\nexport const a = 1;\nexport const upgrade = playbook({ title: 'P', params: {}, plays: [] });\n",
      },
      {
        code: 'playbook.no-playbook',
        message: 'p.ts exports its playbook as "upgrade".',
        remedy: 'Write: export default upgrade.',
      },
    ],
    [
      'exported without playbook() around it',
      { 'p.ts': "export default { title: 'P', params: {}, plays: [] };\n" },
      {
        code: 'playbook.no-playbook',
        message: 'p.ts exports a plain object.',
        remedy: 'Write: export default playbook({ … }) around it.',
      },
    ],
    [
      'that exports something else',
      { 'p.ts': 'export default () => 1;\n' },
      {
        code: 'playbook.no-playbook',
        message: 'p.ts exports a function, which is no playbook.',
        remedy: 'Write: export default playbook({ title, params, plays }).',
      },
    ],
  ])('%s', async (_, files, expected) => {
    write(files);
    expect(await refusal('p.ts')).toEqual(expected);
  });

  it('that is missing is answered with the names that are there, the likeliest first', async () => {
    write({ 'upgrade.ts': '', 'lab.ts': '', 'notes.md': '' });
    expect(await refusal('upgarde.ts')).toEqual({
      code: 'playbook.missing',
      message: 'There is no playbook upgarde.ts.',
      remedy: 'Give the path of a playbook; there is upgrade.ts, lab.ts.',
    });
  });

  it('that is a directory is answered with the playbooks in it', async () => {
    write({ 'books/upgrade.ts': '' });
    expect(await refusal('books')).toEqual({
      code: 'playbook.missing',
      message: 'books is a directory, not a playbook.',
      remedy: 'Give the path of a playbook; there is books/upgrade.ts.',
    });
  });

  it('in an empty place is answered with an example', async () => {
    expect((await refusal('nowhere/upgrade.ts')).remedy).toBe(
      'Give the path of a playbook, such as playbooks/upgrade.ts.',
    );
  });

  it('tells the same line when it is loaded from the cache', async () => {
    write({ 'p.ts': "interface A {\n  a: string;\n}\nexport const a: A = { a: '' };\nthrow new Error('here');\n" });
    const first = await refusal('p.ts');
    expect(first.message).toBe('p.ts could not be loaded: Error: here\n    at p.ts:5');
    expect(await refusal('p.ts')).toEqual(first);
  });
});

describe('type-checking a playbook', () => {
  it('tells each mistake with its place and its line, before anything of it runs', async () => {
    write({
      'p.ts': `import { param, playbook, sh, step } from 'ovsfleet';
throw new Error('it ran');
export default playbook({
  title: 'P',
  params: { version: param.version('release') },
  plays: [
    { title: 'A', hosts: 'all', steps: ({ params }) => step('a', { read: sh\`x\`, want: params.versoin, make: sh\`y\` }) },
  ],
});
`,
    });
    expect(await refusal('p.ts', { typeCheck: true })).toEqual({
      code: 'playbook.types',
      message: `p.ts does not type-check:
  p.ts:7:94 Property 'versoin' does not exist on type 'ParamValues<{ readonly version: Param<string>; }>'. Did you mean 'version'? (TS2551)
        { title: 'A', hosts: 'all', steps: ({ params }) => step('a', { read: sh\`x\`, want: params.versoin, make: sh\`y\` }) },
                                                                                                 ^`,
      remedy: 'Correct it, or pass --no-type-check to run it as it is.',
    });
  });

  it('tells the first three of many, and how many more there are', async () => {
    write({
      'p.ts': "import { a } from './a';\nexport const n: number = a;\n",
      'a.ts': ['a', 'b', 'c', 'd'].map((name) => `export const ${name}: string = 1;\n`).join(''),
    });
    const { message } = await refusal('p.ts', { typeCheck: true });
    expect(message.match(/^ {2}\S.*$/gm)).toEqual([
      expect.stringMatching(/^ {2}a\.ts:1:14 Type 'number' is not assignable to type 'string'\. \(TS2322\)$/),
      expect.stringMatching(/^ {2}a\.ts:2:14 /),
      expect.stringMatching(/^ {2}a\.ts:3:14 /),
      '  and 2 more',
    ]);
  });

  it('keeps the explanation below a mistake with it', async () => {
    write({
      'p.ts':
        'export const a: { readonly b: { readonly c: string } } = { b: { c: 1 } };\nexport const f: () => string = () => 1;\nexport const g: (a: string) => void = (a: number) => {};\n',
    });
    const { message } = await refusal('p.ts', { typeCheck: true });
    expect(message).toContain(
      "p.ts:3:14 Type '(a: number) => void' is not assignable to type '(a: string) => void'.\n    Types of parameters",
    );
  });
});

describe('the cache of loaded playbooks', () => {
  const at = (path: string): Promise<LoadedPlaybook> => {
    write(goodFiles);
    return loadPlaybook(join(directory, 'hello.ts'), { cacheDirectory: path, modules: { ovsfleet }, types: null });
  };

  it('is made private, and made private again when it was opened to others', async () => {
    const path = join(directory, 'a/b/cache');
    await at(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    chmodSync(path, 0o777);
    await at(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('is refused when somebody laid a link there', async () => {
    symlinkSync(directory, join(directory, 'link'));
    await expect(at(join(directory, 'link'))).rejects.toMatchObject({
      code: 'playbook.cache',
      remedy: 'Set XDG_CACHE_HOME to a directory of your own.',
    });
  });

  it('is refused with what to set when it cannot be made', async () => {
    write({ file: '' });
    await expect(at(join(directory, 'file/cache'))).rejects.toMatchObject({
      code: 'playbook.cache',
      remedy: 'Set XDG_CACHE_HOME to a directory that you can write to.',
    });
  });
});

describe('the sources of a playbook', () => {
  it('are its own text and all that it imported of the files beside it, each with its digest', async () => {
    write({
      'p.ts': `import { a } from './lib/a.ts'; import type { T } from './types.ts'; import 'some';\nimport data from './data.json';\n
        export default { kind: 'ovsfleet-playbook', title: a + data.b, params: {}, resolve: () => null } satisfies T;`,
      'lib/a.ts': `export { a } from './b.ts';`,
      'lib/b.ts': `export const a = 'a';`,
      'data.json': '{ "b": "b" }',
      'types.ts': 'export type T = object;',
      'other.ts': '',
      'node_modules/some/package.json': '{ "main": "index.js" }',
      'node_modules/some/index.js': '',
    });
    const { sources } = await loaded('p.ts');
    expect(sources.map(({ file }) => relative(directory, file))).toEqual(['data.json', 'lib/a.ts', 'lib/b.ts', 'p.ts']);
    expect(sources[0]?.sha256).toBe(createHash('sha256').update('{ "b": "b" }').digest('hex'));
  });
});
