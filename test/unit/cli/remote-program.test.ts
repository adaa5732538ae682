import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, remoteProgram } from '../../../src/cli/remote-program.ts';

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'ash']].filter(
  ([name = '']) => spawnSync(name, ['-c', ':']).error === undefined || existsSync(`/bin/${name}`),
);

let tmp = '';
beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'ovsfleet-exec-'));
});
afterEach(() => rmSync(tmp, { recursive: true }));

const run = (shell: readonly string[], asked: Asked, stdin: Uint8Array | null = null) => {
  const [name = '', ...words] = shell;
  const env = { ...process.env, TMPDIR: tmp };
  const ended = spawnSync(name, [...words, '-s'], { input: remoteProgram(asked, stdin), env });
  return { code: ended.status, out: ended.stdout.toString('latin1'), err: ended.stderr.toString() };
};

const command = (text: string): Asked => ({ is: 'command', text });
const script = (text: string, ...args: readonly string[]): Asked => ({ is: 'script', bytes: Buffer.from(text), args });
const every = Uint8Array.from({ length: 256 }, (_, index) => index);

it('is tried in more than one shell', () => {
  expect(shells.length).toBeGreaterThan(1);
});

describe.each(shells)('in %s', (...shell) => {
  it.each<[string, Asked, Uint8Array | null, { code: number; out: string }]>([
    ['runs a command', command('echo a; echo b'), null, { code: 0, out: 'a\nb\n' }],
    ['ends as the command does', command('echo a; exit 7'), null, { code: 7, out: 'a\n' }],
    ['takes a here document', command("cat <<'X'\na $b\nX"), null, { code: 0, out: 'a $b\n' }],
    ['takes a comment at the end', command('echo a # b'), null, { code: 0, out: 'a\n' }],
    ['gives nothing to read unless there is something', command('cat; echo end'), null, { code: 0, out: 'end\n' }],
    ['hands on stdin, byte by byte', command('cat'), every, { code: 0, out: Buffer.from(every).toString('latin1') }],
    ['hands on an empty stdin', command('cat; echo end'), new Uint8Array(), { code: 0, out: 'end\n' }],
    ['runs a script of sh', script('echo "$# $2"\n', 'a', "b 'c' $d"), null, { code: 0, out: "2 b 'c' $d\n" }],
    [
      'runs a script by its interpreter',
      script('#!/usr/bin/env perl\nprint 6*7, "\\n"; exit 3'),
      null,
      { code: 3, out: '42\n' },
    ],
    ['runs it with its one argument', script('#!/bin/sh -e\nfalse\necho no'), null, { code: 1, out: '' }],
    ['gives a script its stdin', script('read a; echo "got $a"'), Buffer.from('x\n'), { code: 0, out: 'got x\n' }],
    [
      'is not misled by an end within the text',
      script('cat <<E\novsfleet-end\nE\n'),
      null,
      { code: 0, out: 'ovsfleet-end\n' },
    ],
  ])('%s', (_, asked, stdin, expected) => {
    expect(run(shell, asked, stdin)).toMatchObject(expected);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('runs nothing of a program that is cut off on its way', () => {
    const whole = remoteProgram(command('echo ran'), Buffer.from('x'));
    const [name = '', ...words] = shell;
    for (let length = 0; length < whole.length - 2; length += 7) {
      const ended = spawnSync(name, [...words, '-s'], {
        input: whole.slice(0, length),
        env: { ...process.env, TMPDIR: tmp },
      });
      expect(ended.stdout.toString()).toBe('');
    }
    expect(readdirSync(tmp)).toEqual([]);
  });
});
