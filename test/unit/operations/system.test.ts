import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ops } from '../../../src/index.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { Step } from '../../../src/playbook/index.ts';
import { type FakeMachine, fakeMachine } from '../../../src/testing/fake-machine.ts';
import '../execute/support/patience.ts';
import { shells } from '../shell/support/shells.ts';
import { apply, type Told } from './support/on-shells.ts';

const digest = 'd'.repeat(64);
const head = '$(git -C /srv/t/repo.git rev-parse main)';

type Row = readonly [name: string, step: Step, was: RegExp, then: string, now: string];

/** Without systemd; modprobe and the service are made up. */
const machineHas = `
  set -e
  rm -rf /srv/t /etc/init.d/ticker /etc/fstab /etc/modprobe.d/ovsfleet-* /etc/modules-load.d/ovsfleet-*; mkdir -p /srv/t /etc/init.d
  rmdir /run/systemd/system 2>/dev/null || :
  rm -rf /sys/module
  cat >/usr/local/sbin/modprobe <<'end'
#!/bin/sh
case $1 in -r) rm -r "/sys/module/$(echo "$2" | tr - _)" ;; *) mkdir -p "/sys/module/$(echo "$1" | tr - _)" ;; esac
end
  chmod 0755 /usr/local/sbin/modprobe
  cat >/etc/init.d/ticker <<'end'
#!/bin/sh
# Default-Start: 2 3 4 5
case $1 in start) touch /run/ticks ;; stop) rm -f /run/ticks ;; status) [ -e /run/ticks ] ;; esac
end
  chmod 0755 /etc/init.d/ticker; rm -f /run/ticks
  printf '# local\\n/dev/sdz1 /mnt/old ext4 defaults 0 2\\n' >/etc/fstab
  getent passwd mallory >/dev/null || useradd mallory
  ! getent passwd alice >/dev/null || userdel -r alice 2>/dev/null || :
  ! getent group operators >/dev/null || groupdel operators
  getent group extra >/dev/null || groupadd extra
  mkdir /srv/t/tree /srv/t/tree/top; echo works >/srv/t/tree/top/tool; tar -C /srv/t/tree -czf /srv/t/tool.tgz top
  rm -rf /tmp/w; git init -q -b main /tmp/w; cd /tmp/w; echo one >rule; git add rule
  git -c user.name=t -c user.email=t@t commit -q -m one; git tag v1; git clone -q --bare . /srv/t/repo.git
`;

const rowsFor = (archive: string): readonly Row[] => [
  [
    'a group has its number',
    ops.group('operators', { gid: 2345 }),
    /^is=absent$/,
    'getent group operators',
    'operators:x:2345:',
  ],
  [
    'a user is in groups of its own and of others',
    ops.user('alice', {
      uid: 2346,
      group: 'operators',
      groups: ['extra', 'daemon'],
      home: '/srv/t/alice',
      shell: '/bin/sh',
      comment: 'A. L.',
    }),
    /^is=absent$/,
    'getent passwd alice; id -Gn alice; stat -c %U /srv/t/alice',
    'alice:x:2346:2345:A. L.:/srv/t/alice:/bin/sh\noperators daemon extra\nalice',
  ],
  ['a user is gone', ops.noUser('mallory'), /^is=present$/, 'getent passwd mallory || echo gone', 'gone'],
  [
    'a service of /etc/init.d runs',
    ops.service('ticker', { state: 'running' }),
    /^state=stopped$/,
    '[ -e /run/ticks ] && echo runs',
    'runs',
  ],
  [
    'a module is loaded at boot',
    ops.kernelModule('dm-thing', { atBoot: true }),
    /^boot=as it comes$/,
    'cat /etc/modules-load.d/ovsfleet-dm-thing.conf',
    '# Written by ovsfleet.\ndm-thing',
  ],
  [
    'a module is kept away',
    ops.kernelModule('nouveau', { blacklisted: true }),
    /^blacklist=no$/,
    'cat /etc/modprobe.d/ovsfleet-nouveau.conf',
    '# Written by ovsfleet.\nblacklist nouveau',
  ],
  [
    'something is mounted, now and at boot',
    ops.mount('/srv/t/mnt', { from: 'tmpfs', type: 'tmpfs', options: 'size=1m,nodev' }),
    /^now=absent\nboot=absent$/,
    'grep -c " /srv/t/mnt tmpfs .*nodev" /proc/self/mounts; tail -n 1 /etc/fstab; umount /srv/t/mnt',
    '1\ntmpfs /srv/t/mnt tmpfs size=1m,nodev 0 0',
  ],
  [
    'a mount is no longer in fstab, and the lines around it stay',
    ops.noMount('/mnt/old'),
    /^now=absent\nboot=\/dev\/sdz1 ext4 defaults$/,
    'grep -c "^# local$" /etc/fstab; grep -c /mnt/old /etc/fstab || :',
    '1\n0',
  ],
  [
    'an archive is unpacked without its first directory',
    ops.archive('/srv/t/tool', { on: '/srv/t/tool.tgz', sha256: archive, strip: 1 }),
    /^none$/,
    'cat /srv/t/tool/tool',
    'works',
  ],
  [
    'a branch is checked out',
    ops.git('/srv/t/branch', { from: '/srv/t/repo.git', branch: 'main' }),
    /^origin=absent$/,
    `[ "$(git -c safe.directory='*' -C /srv/t/branch rev-parse HEAD)" = "${head}" ] && cat /srv/t/branch/rule`,
    'one',
  ],
  [
    'a tag is checked out',
    ops.git('/srv/t/tag', { from: '/srv/t/repo.git', tag: 'v1' }),
    /^origin=absent$/,
    'cat /srv/t/tag/rule',
    'one',
  ],
];

describe.each(shells)('operations on the system under $name', (shell) => {
  let machine: FakeMachine;
  let rows: readonly Row[] = [];
  let first: readonly Told[] = [];
  let second: readonly Told[] = [];
  const found: string[] = [];

  beforeAll(async () => {
    machine = await fakeMachine();
    await machine.sh(machineHas);
    rows = rowsFor((await machine.sh('sha256sum </srv/t/tool.tgz')).slice(0, 64));
    const steps = rows.map(([, step]) => step);
    first = await apply(machine, shell, steps);
    second = await apply(machine, shell, steps);
    for (const [, , , then] of rows) found.push(await machine.sh(then));
  });
  afterAll(() => machine.close());

  it.each(rowsFor(digest).map(([name], index) => [name, index] as const))('%s', (_, index) => {
    const [, , was, , now] = rows[index] ?? [];
    expect(first[index]?.ended, first[index]?.output).toMatch(/^changed /);
    expect(first[index]?.was).toMatch(was ?? /never/);
    expect(second[index]?.ended).toBe('ok');
    expect(found[index]).toBe(now);
  });

  it('that cannot be made so say why, and nothing half-done is left', async () => {
    const cases: readonly (readonly [Step, string])[] = [
      [ops.file('/srv/t/no/such/file', { content: 'x' }), 'there is no directory /srv/t/no/such to put file into'],
      [ops.file('/srv/t/tree', { content: 'x' }), '/srv/t/tree is there, and no file'],
      [ops.file('/srv/t/none', { mode: '0644' }), 'there is no file /srv/t/none'],
      [ops.directory('/srv/t/tool.tgz'), '/srv/t/tool.tgz is there, and no directory'],
      [ops.link('/srv/t/tree', { to: 'x' }), '/srv/t/tree is a directory, which no link takes the place of'],
      [ops.line('/srv/t/none', { line: 'x' }), 'there is no file /srv/t/none to edit'],
      [
        ops.archive('/srv/t/other', { on: '/srv/t/tool.tgz', sha256: digest }),
        expect.stringMatching(/^\/srv\/t\/tool.tgz has sha256 [0-9a-f]{64}, not d+$/),
      ],
      [ops.service('ticker', { state: 'stopped', masked: true }), 'ticker cannot be masked: there is no systemd here'],
      [ops.command('never', { run: ['true'], creates: '/srv/t/never' }), ''],
    ];
    for (const [step, said] of cases) {
      const [told] = await apply(machine, shell, [step]);
      expect([step.title, told?.ended.split(' ')[0]]).toEqual([step.title, said === '' ? 'unproven' : 'failed']);
      expect(told?.output.trim()).toEqual(said);
    }
    expect(await machine.sh('ls -a /srv/t | grep -c ovsfleet || :')).toBe('0');
  });

  // busybox of Debian has a modprobe of its own, which no other can take the place of.
  if (shell.argv[0] !== 'busybox') {
    it('load a module, and take it out again', async () => {
      const [loaded] = await apply(machine, shell, [ops.kernelModule('dm-thing', { loaded: true })]);
      expect([loaded?.was, loaded?.ended]).toEqual(['now=absent', 'changed now=loaded']);
      const [gone] = await apply(machine, shell, [ops.kernelModule('dm-thing', { loaded: false })]);
      expect([gone?.was, gone?.ended]).toEqual(['now=loaded', 'changed now=absent']);
    });
  }

  it('write a secret that no plan shows, nor its digest, and see when it was changed', async () => {
    const token = new Secret("it's\n$ecret");
    const step = ops.file('/srv/t/token', { content: token });
    expect(JSON.stringify([step.want, step.writes, step.read, step.ways])).not.toContain('$ecret');
    const [first] = await apply(machine, shell, [step]);
    expect([first?.was, first?.ended]).toEqual(['is=absent', 'changed is=file\ntext=as wanted\nmode=0600']);
    expect(await machine.sh('cat /srv/t/token')).toBe("it's\n$ecret");
    const [second] = await apply(machine, shell, [step]);
    expect(second?.ended).toBe('ok');
    await machine.sh('echo more >>/srv/t/token');
    const [third] = await apply(machine, shell, [step]);
    expect([third?.was, third?.ended.split(' ')[0]]).toEqual(['is=file\ntext=another one\nmode=0600', 'changed']);
  });

  it('in a checkout that somebody has changed throw nothing away', async () => {
    await machine.sh('echo mine >>/srv/t/branch/rule');
    const step = ops.git('/srv/t/branch', { from: '/srv/t/repo.git', branch: 'main' });
    const [told] = await apply(machine, shell, [step]);
    expect([told?.was, told?.ended.split(' ')[0]]).toEqual([expect.stringContaining('files=1 changed'), 'failed']);
    expect(await machine.sh('cat /srv/t/branch/rule')).toBe('one\nmine');
  });
});

describe('files of the controller', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'operations-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('are templates whose mistakes are told with file, line and name', async () => {
    const from = join(directory, 'a.hbs');
    const rendered = async (text: string, data: Readonly<Record<string, unknown>>): Promise<string> => {
      await writeFile(from, text);
      const [written] = ops.template('/etc/a', { from, data }).writes;
      return written !== undefined && 'text' in written.content ? written.content.text : '';
    };
    expect(
      await rendered('{{#each hosts}}{{quote this}} {{/each}}{{join hosts ","}} {{json n}}', {
        hosts: ["it's", 'b'],
        n: [1],
      }),
    ).toBe(`'it'\\''s' b it's,b [1]`);
    await expect(rendered('a\n{{missing}}', {})).rejects.toThrow(`${from}:2:3: the data has no "missing"`);
    await expect(rendered('{{required name "say who"}}', { name: '' })).rejects.toThrow('say who');
  });

  it('that cannot be read are named', () => {
    expect(() => ops.copy('/etc/a', { from: join(directory, 'none') })).toThrow(`${directory}/none cannot be read`);
  });
});
