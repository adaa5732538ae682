import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeOf, typedWords } from '../../../src/cli/complete/typed-words.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const scripts = fileURLToPath(new URL('../../../templates/completion', import.meta.url));

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ovsfleet-completion-'));
  const files = {
    'ovsfleet.yaml': 'inventory: hosts.yaml\n',
    'hosts.yaml':
      'all:\n  children:\n    rack1:\n      hosts:\n        hv01:\n        hv02:\n    racks:\n      children:\n        rack1:\n',
    'other.yaml': 'all:\n  hosts:\n    web1:\n',
    'broken.yaml': 'all: [\n',
    'site.ts': `import { param, playbook } from 'ovsfleet';
      export default playbook({ title: 'T', params: { version: param.version('a'), window: param.version('b') }, plays: [] });\n`,
    'notes.txt': '',
    's$(touch pwned).ts': '',
    'playbooks/swap.ts': '',
    'playbooks/types.d.ts': '',
  };
  await mkdir(join(directory, 'playbooks'));
  await mkdir(join(directory, 'home'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  await writeFile(join(directory, 'program'), '#!/bin/sh\ntouch ran\necho "{}"\n');
  await chmod(join(directory, 'program'), 0o755);
  await writeFile(join(directory, 'home', 'ovsfleet'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(join(directory, 'home', 'ovsfleet'), 0o755);
});
afterAll(() => rm(directory, { recursive: true }));

const run = (program: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    const home = join(directory, 'home');
    const env = { PATH: `${home}:${process.env['PATH']}`, HOME: home, LC_ALL: 'C.UTF-8', TERM: 'dumb' };
    execFile(program, args, { cwd: directory, env }, (_, stdout) => resolve(stdout.trimEnd()));
  });

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');

/** What a shell offers for a line; bash gets its words as it takes them apart. */
const offered: Readonly<Record<string, (line: string) => Promise<string>>> = {
  bash: (line) => {
    const words = line.split(/\s+|(?<=[:=])|(?=[:=])/);
    return run('bash', [
      '--norc',
      '-c',
      `. ${scripts}/ovsfleet.bash; COMP_WORDS=(${quoted(words)}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _ovsfleet; printf '%s\n' "\${COMPREPLY[@]}"`,
    ]);
  },
  zsh: (line) => {
    const words = line.split(/\s+/);
    return run('zsh', [
      '-f',
      '-c',
      `compdef() { : }; _default() { : }; _describe() { print -lr -- "\${(@P)2}" }; . ${scripts}/ovsfleet.zsh; words=(${quoted(words)}); CURRENT=${words.length}; _ovsfleet`,
    ]);
  },
  fish: (line) => run('fish', ['-N', '-c', `source ${scripts}/ovsfleet.fish; complete -C '${line}'`]),
};

describe.each(Object.keys(offered))('what %s completes', (shell) => {
  /** As the shell shows it: zsh looks itself for what fits, and fish offers files besides. */
  const ask = async (line: string, wanted: readonly string[]): Promise<readonly string[]> => {
    const all = (await offered[shell]?.(line))?.split('\n').map((one) => one.replace(/[\t:].*$/s, '')) ?? [];
    const typed = line.split(' ').at(-1) ?? '';
    const fitting = all.filter((one) => one.startsWith(typed));
    return shell === 'fish' ? fitting.filter((one) => wanted.includes(one)) : fitting;
  };

  test.each<[string, string, readonly string[]]>([
    ['groups and hosts of the inventory that is configured', 'ovsfleet exec h', ['hv01', 'hv02']],
    ['those of the inventory that is typed', 'ovsfleet ping -i other.yaml w', ['web1']],
    ['a limit', 'ovsfleet run site.ts -l rack', ['rack1', 'racks']],
    ['playbooks', 'ovsfleet run s', ['site.ts']],
    ['playbooks in their directory', 'ovsfleet plan playbooks/', ['playbooks/swap.ts']],
    ['parameters of a playbook', 'ovsfleet run site.ts -e v', ['version=']],
    ['commands', 'ovsfleet conf', ['config']],
  ])('is %s', async (_, line, wanted) => {
    expect(await ask(line, wanted)).toEqual(wanted);
  });
});

describe('completion', () => {
  const told = (...words: readonly string[]) => run('ovsfleet', ['--get-yargs-completions', 'ovsfleet', ...words]);

  test.each<[string, readonly string[], string]>([
    ['goes on with a pattern of several', ['exec', 'rack1,!hv01,h'], 'rack1,!hv01,hv01\nrack1,!hv01,hv02'],
    [
      'goes on with a limit in one word',
      ['run', 'site.ts', '--limit=rack1:&hv'],
      '--limit=rack1:&hv01\n--limit=rack1:&hv02',
    ],
    ['goes on behind a colon, where bash begins a word', ['exec', 'rack1', ':', 'hv'], 'hv01\nhv02'],
    ['says nothing of what a broken inventory has', ['exec', '-i', 'broken.yaml', 'h'], ''],
    ['runs no inventory program', ['exec', '-i', 'program', 'h'], ''],
    ['leaves the command for hosts alone', ['exec', 'all', '--', 'h'], ''],
  ])('%s', async (_, words, wanted) => {
    expect(await told(...words)).toBe(wanted);
    expect(await run('sh', ['-c', 'ls -d ran pwned 2>/dev/null'])).toBe('');
  });
});

test.each([
  [['exec', 'rack1', ':', '!hv'], ['exec'], 'rack1:!hv', '!hv'],
  [['run', '--limit', '=', 'hv'], ['run'], '--limit=hv', 'hv'],
  [['exec', 'rack1', ':'], ['exec'], 'rack1:', ''],
  [['exec', ''], ['exec'], '', ''],
])('the words %j are whole again', (words, before, current, piece) => {
  expect(typedWords(words)).toEqual({ before, current, piece });
});

test('a value is its flag’s, and no word of the command', () => {
  const typed = typedWords(['keys', '-i', 'hosts', '--json', 'scan', '--limit=a', 'hv']);
  expect(placeOf(typed, (flag) => ['i', 'limit'].includes(flag))).toMatchObject({
    ...{ command: 'keys', words: ['scan'], flag: null, value: 'hv', foreign: false },
    said: new Map([
      ['i', ['hosts']],
      ['limit', ['a']],
    ]),
  });
});
