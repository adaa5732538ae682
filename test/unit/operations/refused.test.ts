import { describe, expect, it } from 'vitest';
import { ops, sh } from '../../../src/index.ts';
import { HIDDEN } from '../../../src/model/secret.ts';

const digest = 'a'.repeat(64);

describe('an operation that asks for nonsense is refused before any host is touched', () => {
  it.each<[string, () => unknown, string]>([
    ['a path that is not absolute', () => ops.file('etc/motd', { content: '' }), '"etc/motd" is no absolute path'],
    ['a path with a way up', () => ops.absent('/srv/../etc'), '"/srv/../etc" is no absolute path'],
    ['the root', () => ops.absent('/'), '"/" is no absolute path'],
    ['a file that is a place', () => ops.fetch('/etc/', {}), '"/etc/" is no absolute path'],
    ['a way out of what is fetched', () => ops.fetch('/etc/a', { as: '../../b' }), '"/../../b" is no absolute path'],
    [
      'a secret within a text',
      () => ops.file('/etc/a', { content: `password=${HIDDEN}` }),
      'a secret was put into the text',
    ],
    ['two lines as one', () => ops.line('/etc/a', { line: 'a\nb' }), 'a line is not empty and has no newline'],
    ['a marker that marks nothing', () => ops.block('/etc/a', { block: 'x', marker: '# x' }), 'holds {mark}'],
    [
      'a block that holds its own marker',
      () => ops.block('/etc/a', { block: 'a\n# END X\nb', marker: '# {mark} X' }),
      'the block holds a line that is one of its markers',
    ],
    ['no command', () => ops.command('a', { run: [], creates: '/a' }), 'there is no command to run'],
    ['half a digest', () => ops.download('/a', { url: 'http://a', sha256: 'abc' }), '"abc" is no sha256'],
    ['an archive of no kind', () => ops.archive('/a', { on: '/a.rar', sha256: digest }), '"/a.rar" is no archive'],
    ['half a commit', () => ops.git('/a', { from: '/r', commit: 'abc123' }), '"abc123" is no whole commit id'],
    ['an option as a package', () => ops.package('--force'), '"--force" is no name of a package'],
    ['no package', () => ops.noPackage([]), 'is no name of a package'],
    ['a unit without an ending', () => ops.unit('backup', { content: '' }), '"backup" is no name of a unit'],
    ['an option as a user', () => ops.user('-r'), '"-r" is no name of a user or group'],
    ['a file that cron passes over', () => ops.noCron('a.sh'), 'cron would pass over a file called "a.sh"'],
    [
      'five words that are no schedule',
      () => ops.cron('a', { schedule: 'every day at ten please', user: 'root', command: 'true' }),
      '"every day at ten please" is no schedule',
    ],
    [
      'a command of two lines',
      () => ops.cron('a', { schedule: '@daily', user: 'root', command: 'a\n* * * * * root b' }),
      'the command one line',
    ],
    [
      'a job of cron hidden in a value',
      () => ops.cron('a', { schedule: '@daily', user: 'root', command: 'a', env: { MAILTO: 'x\n* * * * * root b' } }),
      'the value of MAILTO is one line',
    ],
    [
      'a job of cron hidden in the name of a variable',
      () => ops.cron('a', { schedule: '@daily', user: 'root', command: 'a', env: { '* * * * * root b\nX': '' } }),
      'is no name of a variable',
    ],
    [
      'a job of cron hidden in a user',
      () => ops.cron('a', { schedule: '@daily', user: 'root b\n* * * * * root', command: 'a' }),
      'the user is one word',
    ],
    ['a line more in the name of a job', () => ops.noCron('a\n'), 'cron would pass over a file called'],
    [
      'a line more in a schedule',
      () => ops.cron('a', { schedule: '@daily root b\n* * * * *', user: 'root', command: 'a' }),
      'is no schedule',
    ],
    ['a host with a space', () => ops.hostname('my host'), '"my host" is no name of a host'],
    ['a setting outside of the settings', () => ops.sysctl('net/../../etc', 1), 'is no setting'],
    ['a module with a way in it', () => ops.kernelModule('../x', { atBoot: true }), '"../x" is no name of a module'],
    ['a field of two words', () => ops.mount('/a', { from: 'a b', type: 'ext4' }), 'each field of fstab is one word'],
    ['port 0', () => ops.waitForPort(0), '0 is no port'],
  ])('%s', (_, make, sentence) => {
    expect(make).toThrow(sentence);
  });
});

it('an operation that asks for nonsense does not compile', () => {
  const nonsense = () => [
    // @ts-expect-error: not four octal digits
    ops.file('/a', { mode: '644' }),
    // @ts-expect-error: no octal digit
    ops.file('/a', { mode: '0694' }),
    // @ts-expect-error: how is it to be seen that there is nothing to do?
    ops.command('a', { run: ['true'] }),
    // @ts-expect-error: which of them?
    ops.command('a', { run: ['true'], creates: '/a', unless: sh`true` }),
    // @ts-expect-error: what is masked cannot run
    ops.service('a', { state: 'running', masked: true }),
    // @ts-expect-error: what of it?
    ops.service('a', {}),
    // @ts-expect-error: what does not run has read nothing
    ops.service('a', { state: 'stopped', config: ['/a'] }),
    // @ts-expect-error: one version of several packages
    ops.package(['a', 'b'], { version: '1' }),
    // @ts-expect-error: before or behind?
    ops.line('/a', { line: 'x', after: 'a', before: 'b' }),
    // @ts-expect-error: all groups or some?
    ops.user('a', { groups: [], inGroups: [] }),
    // @ts-expect-error: what of it?
    ops.kernelModule('a', {}),
    // @ts-expect-error: a download is known by its digest
    ops.download('/a', { url: 'http://a' }),
    // @ts-expect-error: from where?
    ops.archive('/a', {}),
    // @ts-expect-error: not five fields
    ops.cron('a', { schedule: '* * * *', user: 'root', command: 'a' }),
  ];
  expect(nonsense).toBeTypeOf('function');
});
