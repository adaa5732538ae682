import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ops, sh } from '../../../src/index.ts';
import type { Step } from '../../../src/playbook/index.ts';
import { type FakeMachine, fakeMachine } from '../../../src/testing/fake-machine.ts';
import '../execute/support/patience.ts';
import { shells } from '../shell/support/shells.ts';
import { apply, probe, type Told, undone } from './support/on-shells.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
const odd = `it's "odd" $HOME \`x\` \\n\n  two\n`;
const sshd = '#Port 22\nPort 2200\n  Port 22\nUse yes\n';

/** What an operator has there, the step, what it reads before; and what must then be there, as a shell says it. */
type Row = readonly [name: string, given: string, step: Step, was: string, then: string, now: string];

const rows: readonly Row[] = [
  [
    'a file that is not there is written, with all that a shell might take for something else',
    ':',
    ops.file('/srv/t/new', { content: odd, mode: '0640', owner: 'root', group: 'daemon' }),
    'is=absent',
    'cat /srv/t/new; stat -c "%a %G" /srv/t/new',
    `${odd}640 daemon`,
  ],
  [
    'a file that says otherwise is replaced, and keeps the mode and owner that nobody asked to change',
    'printf old >/srv/t/other; chmod 0604 /srv/t/other; chown daemon /srv/t/other',
    ops.file('/srv/t/other', { content: 'new\n' }),
    `is=file\ncontent=${sha('old')}`,
    'cat /srv/t/other; stat -c "%a %U" /srv/t/other',
    'new\n604 daemon',
  ],
  [
    'a file that holds the text and has another mode is not replaced',
    'printf same >/srv/t/same; chmod 0600 /srv/t/same; stat -c %i /srv/t/same >/srv/t/inode',
    ops.file('/srv/t/same', { content: 'same', mode: '4755' }),
    `is=file\ncontent=${sha('same')}\nmode=0600`,
    '[ "$(stat -c %i /srv/t/same)" = "$(cat /srv/t/inode)" ] && stat -c %a /srv/t/same',
    '4755',
  ],
  [
    'a link in the place of a file is replaced, and what it led to stays',
    'echo target >/srv/t/led-to; ln -s led-to /srv/t/was-link',
    ops.file('/srv/t/was-link', { content: 'mine\n' }),
    'is=link',
    'cat /srv/t/was-link /srv/t/led-to',
    'mine\ntarget',
  ],
  [
    'attributes are set by number, too, without the content being of interest',
    'echo x >/srv/t/mine',
    ops.file('/srv/t/mine', { mode: '0400', owner: 2, group: 3 }),
    'is=file\nmode=0644\nuid=0\ngid=0',
    'stat -c "%a %u %g" /srv/t/mine',
    '400 2 3',
  ],
  [
    'a directory is made with those above it',
    ':',
    ops.directory('/srv/t/a/b/c', { mode: '1777' }),
    'is=absent',
    'stat -c %a /srv/t/a/b/c /srv/t/a/b',
    '1777\n755',
  ],
  [
    'a directory with another owner is given to whom it should belong',
    'mkdir /srv/t/d; chmod 0700 /srv/t/d',
    ops.directory('/srv/t/d', { mode: '0750', owner: 'daemon' }),
    'is=directory\nmode=0700\nowner=root',
    'stat -c "%a %U" /srv/t/d',
    '750 daemon',
  ],
  [
    'a link that leads elsewhere is changed, even one to a directory',
    'mkdir /srv/t/one /srv/t/two; ln -s one /srv/t/current',
    ops.link('/srv/t/current', { to: 'two' }),
    'is=link\nto=one',
    'readlink /srv/t/current; ls /srv/t/one',
    'two',
  ],
  [
    'a link is made where there is none',
    ':',
    ops.link('/srv/t/fresh', { to: '/nowhere at all' }),
    'is=absent',
    'readlink /srv/t/fresh',
    '/nowhere at all',
  ],
  [
    'a directory goes with all that is in it',
    'mkdir -p /srv/t/tree/deep; echo x >/srv/t/tree/deep/x; ln -s /etc /srv/t/tree/etc',
    ops.absent('/srv/t/tree'),
    'directory',
    'ls -d /srv/t/tree 2>&1 | grep -c "No such file"; ls -d /etc',
    '1\n/etc',
  ],
  [
    'a dangling link goes, too',
    'ln -s nowhere /srv/t/dangling',
    ops.absent('/srv/t/dangling'),
    'link',
    '[ -L /srv/t/dangling ] || echo gone',
    'gone',
  ],
  [
    'a line takes the place of the last that matches',
    `printf '%s' '${sshd}' >/srv/t/sshd`,
    ops.line('/srv/t/sshd', { line: 'Port 22022', match: '^ *#? *Port [0-9]{1,5}$' }),
    '  Port 22',
    'cat /srv/t/sshd',
    '#Port 22\nPort 2200\nPort 22022\nUse yes',
  ],
  [
    'a line that nothing matches goes to the end, behind one that lacks its newline',
    "printf 'a\\nb' >/srv/t/no-newline",
    ops.line('/srv/t/no-newline', { line: `c & \\1 'x'`, match: '^c=' }),
    'absent',
    'cat /srv/t/no-newline',
    `a\nb\nc & \\1 'x'`,
  ],
  [
    'a line goes behind the last that matches',
    "printf 'a=1\\nb=2\\na=3\\nz\\n' >/srv/t/after",
    ops.line('/srv/t/after', { line: 'c=9', after: '^a=' }),
    'absent',
    'cat /srv/t/after',
    'a=1\nb=2\na=3\nc=9\nz',
  ],
  [
    'a line goes before the last that matches, or to the beginning',
    "printf 'a\\nb\\n' >/srv/t/before",
    ops.line('/srv/t/before', { line: 'first', before: 'BOF' }),
    'absent',
    'cat /srv/t/before',
    'first\na\nb',
  ],
  [
    'a file is made for a line, with its mode',
    ':',
    ops.line('/srv/t/created', { line: 'only', create: '0600' }),
    'no file',
    'cat /srv/t/created; stat -c %a /srv/t/created',
    'only\n600',
  ],
  [
    'a line is put into the file that a link leads to, which stays a link',
    'echo x >/srv/t/real; ln -s real /srv/t/alias',
    ops.line('/srv/t/alias', { line: 'y' }),
    'absent',
    'cat /srv/t/real; readlink /srv/t/alias',
    'x\ny\nreal',
  ],
  [
    'all lines that match are gone',
    "printf 'a 1\\nb\\na 2\\n' >/srv/t/take",
    ops.noLine('/srv/t/take', { match: '^a ' }),
    'a 1\na 2',
    'cat /srv/t/take',
    'b',
  ],
  [
    'a line that is meant as it is written is no pattern',
    "printf 'a.c\\nabc\\n' >/srv/t/plain",
    ops.noLine('/srv/t/plain', { line: 'a.c' }),
    'a.c',
    'cat /srv/t/plain',
    'abc',
  ],
  [
    'a block goes between its markers at the end',
    "printf 'a\\n' >/srv/t/hosts",
    ops.block('/srv/t/hosts', { name: 'peers', block: '10.0.0.1 one\n10.0.0.2 two\n\n' }),
    'absent',
    'cat /srv/t/hosts',
    'a\n# BEGIN managed by ovsfleet: peers\n10.0.0.1 one\n10.0.0.2 two\n# END managed by ovsfleet: peers',
  ],
  [
    'a block that Ansible wrote is taken over where it stands, the last of two',
    `printf '%s\\n' '# BEGIN X' old '# END X' m '# BEGIN X' old2 '# END X' z >/srv/t/ansible`,
    ops.block('/srv/t/ansible', { marker: '# {mark} X', block: 'new' }),
    'old2',
    'cat /srv/t/ansible',
    '# BEGIN X\nold\n# END X\nm\n# BEGIN X\nnew\n# END X\nz',
  ],
  [
    'a block is taken out with its markers',
    `printf '%s\\n' a '# BEGIN X' old '# END X' z >/srv/t/unblock`,
    ops.noBlock('/srv/t/unblock', { marker: '# {mark} X' }),
    'old',
    'cat /srv/t/unblock',
    'a\nz',
  ],
  [
    'a job of cron is a file of its own, its percent signs escaped',
    'mkdir -p /etc/cron.d; rm -f /etc/cron.d/backup',
    ops.cron('backup', { schedule: '*/5 1-3 * * mon', user: 'root', command: 'date +%F', env: { MAILTO: '' } }),
    'is=absent',
    'cat /etc/cron.d/backup; stat -c %a /etc/cron.d/backup',
    '# Written by ovsfleet.\nMAILTO=\n*/5 1-3 * * mon root date +\\%F\n644',
  ],
  [
    'a command runs when what it creates is not there, in its directory',
    'mkdir /srv/t/work',
    ops.command('made', { run: ['touch', 'it is here'], in: '/srv/t/work', creates: '/srv/t/work/it is here' }),
    'absent',
    'ls /srv/t/work',
    'it is here',
  ],
  [
    'a command runs when what it removes is there',
    'touch /srv/t/lock',
    ops.command('unlocked', { run: sh`rm /srv/t/lock`, removes: '/srv/t/lock', undo: sh`touch /srv/t/lock` }),
    'there',
    '[ -e /srv/t/lock ] || echo gone',
    'gone',
  ],
  [
    'a command runs unless its question is answered with yes',
    'echo 1 >/srv/t/count',
    ops.command('counted', { run: sh`echo 2 >/srv/t/count`, unless: sh`grep -q 2 /srv/t/count` }),
    'not done',
    'cat /srv/t/count',
    '2',
  ],
];

const steps = rows.map(([, , step]) => step);

describe.each(shells)('operations on files under $name', (shell) => {
  let machine: FakeMachine;
  let forecast: readonly Told[] = [];
  let first: readonly Told[] = [];
  let second: readonly Told[] = [];
  let back: readonly string[] = [];
  const found: string[] = [];

  beforeAll(async () => {
    machine = await fakeMachine();
    const given = `set -e; umask 022; rm -rf /srv/t; mkdir -p /srv/t\n${rows.map(([, one]) => one).join('\n')}`;
    await machine.sh(given);
    forecast = await probe(machine, shell, steps);
    first = await apply(machine, shell, steps);
    second = await apply(machine, shell, steps);
    for (const [, , , , then] of rows) found.push(await machine.sh(then));
    await machine.sh(given);
    back = await undone(machine, shell, steps);
  });
  afterAll(() => machine.close());

  it.each(rows.map(([name], index) => [name, index] as const))('%s', (_, index) => {
    const [, , , was, , now] = rows[index] ?? rows[0] ?? [];
    expect([first[index]?.was, first[index]?.ended.split(' ')[0], first[index]?.output]).toEqual([was, 'changed', '']);
    expect(found[index]).toBe(now);
  });

  it('are foreseen by reading alone', () => {
    expect(forecast.map(({ ended }) => ended)).toEqual(rows.map(([, , , was]) => `read ${was}`));
  });

  it('have nothing to do the second time', () => {
    expect(second.map(({ ended }) => ended)).toEqual(rows.map(() => 'ok'));
  });

  it('that say an undo read as before when they were undone', () => {
    expect(back).toEqual(rows.filter(([, , { undo }]) => undo !== null).map(([, , , was]) => was));
  });
});
