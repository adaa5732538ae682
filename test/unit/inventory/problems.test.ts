import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runInventoryProgram } from '../../../src/cli/inventory-program.ts';
import { InventoryError, loadInventory } from '../../../src/inventory/index.ts';
import { directoryWith, refusal } from './files.ts';

const OPTIONS = { defaultUser: 'me', home: '/home/me', run: runInventoryProgram };

const problemsOf = async (files: Readonly<Record<string, string>>, ...sources: readonly string[]) => {
  const directory = directoryWith(files);
  const error = await refusal(() =>
    loadInventory(
      sources.map((source) => join(directory, source)),
      OPTIONS,
    ),
  );
  const problems = error instanceof InventoryError ? error.problems : [error];
  return problems.map(({ message, remedy }) => ({ message: message.replaceAll(`${directory}/`, ''), remedy }));
};

const HOSTS = `[web]
w1 ansible_port=99999
w[5:1]
w2 rack
[web:vars]
x
y="{{ z | upper }}"
[site:children]
web
wbe
[db:host]
`;

test('all problems of several files are shown together, each with file, line and column', async () => {
  const files = { hosts: HOSTS, 'group_vars/web.yml': 'a: !Ref x\nb: 12:30:00\n', 'more.yml': 'db:\n  hosts: [d1]\n' };
  const places = (await problemsOf(files, 'hosts', 'more.yml', 'nowhere')).map(({ message }) => message.split(': ')[0]);
  expect(places).toEqual([
    'hosts:3:1',
    'hosts:4:4',
    'hosts:6:1',
    'hosts:11:5',
    'hosts:10:1',
    'group_vars/web.yml:1:4',
    'group_vars/web.yml:2:4',
    'more.yml:2:10',
    'the inventory nowhere does not exist',
    'hosts:7:3',
    'hosts:2:17',
  ]);
});

describe('a misspelt name is told with the nearest right one', () => {
  test.each([
    ['a child', '[web]\nw1\n[site:children]\nwbe\n', 'hosts:4:1: group wbe is nowhere defined. Did you mean web?'],
    [
      'variables of a group',
      '[web]\nw1\n[wbe:vars]\nx=1\n',
      'hosts:3:2: there are variables for group wbe, and no section [wbe]. Did you mean web?',
    ],
    [
      'a variable in a template',
      'h rack=a x="{{ rakc }}"\n',
      'hosts:1:12: host h has no variable rakc. Did you mean rack?',
    ],
    [
      'a key in a template',
      `h net="{'mtu': 1}" x="{{ net.mut }}"\n`,
      'hosts:1:22: host h: {{ net.mut }} leads nowhere: there is no mut. Did you mean mtu?',
    ],
  ])('%s', async (_name, text, message) => {
    expect((await problemsOf({ hosts: text }, 'hosts')).map((problem) => problem.message)).toEqual([message]);
  });

  test('the kind of a section', async () => {
    expect(await problemsOf({ hosts: '[web:childern]\nw1\n' }, 'hosts')).toEqual([
      {
        message: 'hosts:1:6: [web:childern] is no section: after the colon stands vars or children',
        remedy: 'Write [web:children]',
      },
    ]);
  });
});

test('a value that is wrong for many hosts is told once', async () => {
  const found = await problemsOf({ hosts: '[web]\nw[1:400]\n[web:vars]\nansible_port=0\n' }, 'hosts');
  expect(found.map(({ message }) => message)).toEqual([
    'hosts:4:14: host w1: ansible_port must be a port from 1 to 65535, and this is "0"',
  ]);
});

test('several problems are one error, with what to do below each', async () => {
  const directory = directoryWith({ hosts: 'a x\nb y\n' });
  const error = await refusal(() => loadInventory([join(directory, 'hosts')], OPTIONS));
  expect(error.message.replaceAll(`${directory}/`, '')).toBe(
    [
      'there are 2 problems in the inventory:',
      '  hosts:1:3: "x" is no variable: after a host stand NAME=VALUE only',
      '    → Write one host a line, and variables as NAME=VALUE',
      '  hosts:2:3: "y" is no variable: after a host stand NAME=VALUE only',
      '    → Write one host a line, and variables as NAME=VALUE',
    ].join('\n'),
  );
});

describe('Jinja that is not supported is an error at its place, never passed on as text', () => {
  test.each([
    '{{ x | upper }}',
    '{{ x }}{{ x + 1 }}',
    "{{ lookup('env', 'HOME') }}",
    "{{ net['mtu'] }}",
    '{% if x %}a{% endif %}',
    '{# note #}',
    '{{ }}',
    '{{ x',
    '{{- x -}}',
    '{{ true }}',
    "a {{ 'b' }}",
    '{{ net.items }}',
    'text {{ net }}',
  ])('%s', async (template) => {
    const yaml = `g:\n  hosts:\n    h:\n      x: 1\n      net: {mtu: 1}\n      y: ${JSON.stringify(template)}\n`;
    const [problem, ...more] = await problemsOf({ 'hosts.yml': yaml }, 'hosts.yml');
    expect([problem?.message.split(': ')[0], more]).toEqual(['hosts.yml:6:10', []]);
  });
});

describe('an inventory program', () => {
  const program = (text: string): Promise<readonly { message: string; remedy: string }[]> =>
    problemsOf({ 'dyn.sh': `#!/bin/sh\n${text}\n` }, 'dyn.sh');

  test.each([
    ['that fails is told with what it said', 'echo no token >&2; exit 3', 'ended with status 3: no token'],
    ['that prints no JSON', 'echo hello', 'printed no JSON'],
    ['that prints a list', 'echo "[]"', 'printed no JSON object'],
    ['that is killed', 'kill -9 $$', 'ended with a signal'],
  ])('%s', async (_name, text, words) => {
    const [problem] = await program(text);
    expect(problem?.message).toMatch(/^the inventory program dyn\.sh --list /);
    expect(problem?.message).toContain(words);
  });

  test('that is not executable', async () => {
    const [problem] = await problemsOf({ dyn: '#!/bin/sh\necho {}\n' }, 'dyn');
    expect(problem?.message).toContain('is not executable');
  });

  test('is told with the place in what it printed', async () => {
    const [problem] = await program(`printf '{"g": {"hosts":\\n "h1"}}'`);
    expect(problem?.message).toMatch(/^output of dyn\.sh --list:2:2: the hosts of group g must be a list of names/);
  });
});
