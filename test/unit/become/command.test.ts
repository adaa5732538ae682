import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Become, BecomeMethod } from '../../../src/become/become.ts';
import { becomeCommand, wordsOf } from '../../../src/become/command.ts';
import { Secret } from '../../../src/model/secret.ts';

const become = (method: BecomeMethod, flags: readonly string[], password: Secret | null): Become => ({
  method,
  user: 'root',
  exe: [method],
  flags,
  password,
});

/** What the host's shell would run in the place of sudo, su or doas: its words, one a line. */
const wordsRun = (how: Become, way: 'pipes' | 'terminal', command = 'echo it'): readonly string[] => {
  const line = becomeCommand({ ...how, exe: ['printf', '%s\\n', how.method] }, command, wordsOf('t'), way, 'ends');
  const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  expect(stderr).toBe('ovsfleet-t-start\n');
  return stdout.split('\n').slice(0, -1);
};

const before = (words: readonly string[]): string => words.slice(0, words.indexOf('-c')).join(' ');

describe('the command that becomes another user', () => {
  test.each<[string, Become, 'pipes' | 'terminal', string]>([
    ['sudo without a password never asks', become('sudo', ['-H'], null), 'pipes', 'sudo -H -n -u root sh'],
    [
      'sudo with one asks on stderr, with our own words',
      become('sudo', ['-H'], new Secret('x')),
      'pipes',
      'sudo -H -S -p ovsfleet-t-password: -u root sh',
    ],
    [
      'sudo that wants a terminal asks there',
      become('sudo', ['-H'], new Secret('x')),
      'terminal',
      'sudo -H -p ovsfleet-t-password: -u root sh',
    ],
    [
      'flags that say how to ask are left out, as they are decided by the password',
      become('sudo', ['-HSn', '-E', '-n'], new Secret('x')),
      'pipes',
      'sudo -H -E -S -p ovsfleet-t-password: -u root sh',
    ],
    ['su is told of a shell, since a user may have none', become('su', ['-l'], null), 'pipes', 'su -l -s /bin/sh'],
    ['doas without a password never asks', become('doas', [], null), 'pipes', 'doas -n -u root sh'],
    ['doas with one asks on its terminal', become('doas', [], new Secret('x')), 'terminal', 'doas -u root sh'],
  ])('%s', (_, how, way, expected) => {
    expect(before(wordsRun(how, way))).toBe(expected);
  });

  test('holds no password', () => {
    const line = becomeCommand(become('sudo', [], new Secret('hunter2')), 'true', wordsOf('t'), 'pipes', 'ends');
    expect(line).not.toContain('hunter2');
  });

  test.each(['pipes', 'terminal'] as const)('is one that shellcheck finds nothing in, by %s', (way) => {
    for (const input of ['ends', 'held'] as const) {
      const script = becomeCommand(become('sudo', ['-H'], null), "sh -s 'a b'", wordsOf('t'), way, input);
      const inner = spawnSync('sh', ['-c', script.replace('exec sh -c', 'printf %s')], { encoding: 'utf8' }).stdout;
      for (const text of [script, inner.slice(0, inner.lastIndexOf('ovsfleet'))]) {
        // SC2016, SC1003: quoting for another shell is what this is made of.
        const { stdout } = spawnSync('shellcheck', ['-s', 'sh', '-e', 'SC2016,SC1003', '-'], {
          input: text,
          encoding: 'utf8',
        });
        expect(stdout).toBe('');
      }
    }
  });
});
