import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { vaultedFile, vaultedLabelled } from './corpus/encrypted.ts';
import { directoryWith } from './files.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const HOSTS = '[web]\nw[1:2] a=1\n[web:vars]\nname="{{ inventory_hostname }}.example.net"\n';

/** The built program, as a user calls it in a directory of files; `input` is typed on its stdin. */
const ovsfleet = (words: readonly string[], files: Readonly<Record<string, string>> = {}, input = ''): Promise<Ended> =>
  new Promise((resolve) => {
    const cwd = directoryWith({ hosts: HOSTS, ...files });
    const child = execFile(
      process.execPath,
      [main, ...words],
      { cwd, env: { PATH: process.env['PATH'] } },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, err });
      },
    );
    child.stdin?.end(input);
  });

describe('ovsfleet inventory', () => {
  test('--graph prints the tree of one group', async () => {
    const { code, out } = await ovsfleet(['inventory', '-i', 'hosts', '--graph', 'web']);
    expect([code, out]).toEqual([0, '@web:\n  |--w1\n  |--w2\n']);
  });

  test('--graph without a group prints all of them', async () => {
    const { out } = await ovsfleet(['inventory', '-i', 'hosts', '--graph']);
    expect(out).toBe('@all:\n  |--@ungrouped:\n  |--@web:\n  |  |--w1\n  |  |--w2\n');
  });

  test('--host prints variables as written, and with --vars as playbooks see them and where they stand', async () => {
    const raw = await ovsfleet(['inventory', '-i', 'hosts', '--host', 'w1']);
    expect(JSON.parse(raw.out)).toEqual({ a: 1, name: '{{ inventory_hostname }}.example.net' });
    const { out } = await ovsfleet(['inventory', '-i', 'hosts', '--host', 'w1', '--vars']);
    expect(out).toBe(`${'a: 1'.padEnd(22)}  # hosts:2:10\nname: "w1.example.net"  # hosts:4:6\n`);
  });

  test('variables beside a playbook count with --playbook-dir', async () => {
    const words = ['inventory', '-i', 'hosts', '--host', 'w1', '--playbook-dir', 'plays'];
    const { out } = await ovsfleet(words, { 'plays/group_vars/web.yml': 'a: 2\nb: 3\n' });
    expect(JSON.parse(out)).toMatchObject({ a: 1, b: 3 });
  });

  test.each([
    ['a misspelt group', ['--graph', 'wbe'], /there is no group wbe\. Did you mean web\?/],
    ['a misspelt host', ['--host', 'w11'], /there is no host w11\. Did you mean w1\?/],
    ['two things at once', ['--list', '--host', 'w1'], /only one of --list, --graph and --host/],
    [
      'no such vault file',
      ['--vault-password-file', 'nowhere'],
      /vault password file nowhere cannot be used \(ENOENT\)/,
    ],
    ['an empty vault file', ['--vault-password-file', 'empty'], /vault password file empty is empty/],
  ])('%s ends with 2 and says what is meant', async (_name, words, says) => {
    const { code, err } = await ovsfleet(['inventory', '-i', 'hosts', ...words], { empty: '\n' });
    expect([code, err]).toEqual([2, expect.stringMatching(says)]);
  });
});

describe('the password of a vault comes', () => {
  const files = {
    'group_vars/web.yml': vaultedFile,
    pw: 'pw\n',
    'other.sh': '#!/bin/sh\necho other\n',
    'label-client.sh': '#!/bin/sh\n[ "$1 $2" = "--vault-id prod" ] && echo other\n',
  };
  const list = ['inventory', '-i', 'hosts', '--host', 'w1', '--show-secrets'];

  test.each<readonly [string, readonly string[], string]>([
    ['from a file', ['--vault-password-file', 'pw'], ''],
    ['from a file with a label', ['--vault-id', 'dev@pw'], ''],
    ['from stdin, where there is no terminal', ['--ask-vault-pass'], 'pw\n'],
    ['from one of several', ['--vault-id', 'prod@./other.sh', '--vault-password-file', 'pw'], ''],
    ['from a prompt with a label', ['--vault-id', 'dev@prompt'], 'pw\n'],
  ])('%s', async (_name, words, input) => {
    const { code, out, err } = await ovsfleet([...list, ...words], files, input);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ db_password: 'hunter2', port: 5432 });
  });

  test('from a program that is told the label', async () => {
    const labelled = {
      ...files,
      'group_vars/web.yml': `s: !vault |\n  ${vaultedLabelled.trimEnd().replaceAll('\n', '\n  ')}\nu: "{{ s }}"\n`,
    };
    const words = [
      'inventory',
      '-i',
      'hosts',
      '--host',
      'w1',
      '--vars',
      '--vault-id',
      `prod@./${join('.', 'label-client.sh')}`,
    ];
    const { code, out } = await ovsfleet(words, labelled);
    expect([code, out]).toEqual([0, expect.stringContaining('u: "‹secret›"')]);
  });

  test('and is shown nowhere, nor what it opens, unless asked for', async () => {
    const { out, err } = await ovsfleet(['inventory', '-i', 'hosts', '--list', '--vault-password-file', 'pw'], files);
    expect(out).toContain('‹secret›');
    expect(out + err).not.toMatch(/hunter2|5432/);
  });
});
