import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { bareHost, debianHost, type FakeHost, fakeHost, fixtures, ownDirectoryHost, shells } from './fake-host.ts';

const made: FakeHost[] = [];
const use = (host: FakeHost): FakeHost => {
  made.push(host);
  return host;
};
afterEach(() => {
  for (const host of made.splice(0)) host.remove();
});

const build = '/opt/ovsfleet/ovs/3.5.0-1';
/** Everything on the host but what the fakes themselves need, with what links point at. */
const tree = `(cd "$OVS_ROOT" && find . -path ./fake -prune -o -path ./tx -prune -o '(' -type f -o -type l ')' -print | sort |
  while read -r f; do if [ -L "$f" ]; then echo "$f -> $(readlink "$f")"; else cksum "$f"; fi; done)`;
const inTransaction = 'TX=$OVS_ROOT/tx; mkdir -p "$TX/ovs"; ovs__context';

const environment =
  'Environment=PATH=/opt/ovsfleet/ovs/current/sbin:/opt/ovsfleet/ovs/current/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const scripts = '/opt/ovsfleet/ovs/current/share/openvswitch/scripts';

describe.each(shells)('under $shell', ({ command }) => {
  test.each([
    [
      'units-debian',
      'ovs-vswitchd',
      `ExecStart=${scripts}/ovs-ctl --no-ovsdb-server --no-monitor --system-id=random --no-record-hostname start $OVS_CTL_OPTS`,
    ],
    ['units-debian', 'openvswitch-switch', 'ExecReload=/opt/ovsfleet/lib/ovs-systemd-reload'],
    [
      'units-el',
      'ovsdb-server',
      `ExecStart=${scripts}/ovs-ctl --no-ovs-vswitchd --no-monitor --system-id=random \${OVS_USER_OPT} start $OPTIONS`,
    ],
    ['units-el', 'openvswitch', 'ExecReload=/opt/ovsfleet/lib/ovs-systemd-reload'],
    ['units-el', 'ovs-delete-transient-ports', `ExecStart=${scripts}/ovs-ctl delete-transient-ports`],
  ])('%s: %s keeps its own arguments and gets the directory of the new release', (folder, unit, line) => {
    const host = use(fakeHost());
    host.unitFiles(folder);
    const { status, stdout } = host.sh(command, `ovs__dropin_text ${unit}`);
    expect(status).toBe(0);
    expect(stdout.split('\n')).toContain(line);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['[Service]', environment]);
    expect(stdout).not.toMatch(/\/usr\/share\/openvswitch\/scripts|ExecStartPre|\/bin\/true/);
  });

  test('a drop-in of the site is taken over, and an earlier one of ours is not read back', () => {
    const host = use(fakeHost());
    host.write(
      'fake/unit-files/ovs-vswitchd.service',
      `${readFileSync(join(fixtures, 'units-debian/ovs-vswitchd.service'), 'utf8')}
# /etc/systemd/system/ovs-vswitchd.service.d/10-site.conf
[Service]
ExecStart=
ExecStart=-/usr/share/openvswitch/scripts/ovs-ctl "--ovs-vswitchd-wrapper=a  b" start

# /etc/systemd/system/ovs-vswitchd.service.d/50-ovsfleet.conf
[Service]
ExecStart=
ExecStart=/opt/ovsfleet/ovs/current/share/openvswitch/scripts/ovs-ctl of-ours start
`,
    );
    const { stdout } = host.sh(command, 'ovs__dropin_text ovs-vswitchd');
    expect(stdout.match(/^ExecStart=.*$/gm)).toEqual([
      'ExecStart=',
      `ExecStart=-${scripts}/ovs-ctl "--ovs-vswitchd-wrapper=a  b" start`,
    ]);
  });

  test('a unit that does not go through the scripts of Open vSwitch is refused, not guessed at', () => {
    const host = use(fakeHost());
    host.write(
      'fake/unit-files/ovs-vswitchd.service',
      '# /etc/systemd/system/x\n[Service]\nExecStart=/usr/sbin/ovs-vswitchd\n',
    );
    expect(host.sh(command, 'ovs__dropin_text ovs-vswitchd').status).toBe(1);
  });

  test.each([
    ['the first upgrade of a host with units', debianHost, ''],
    ['a second upgrade of a host with units', debianHost, `ovs__use /opt/ovsfleet/ovs/3.4.0-1`],
    ['the first upgrade of a bare host', bareHost, ''],
    ['a second upgrade of a bare host', bareHost, `ovs__use /opt/ovsfleet/ovs/3.4.0-1`],
    ['an upgrade of a release in a directory of its own that no unit owns', ownDirectoryHost, ''],
  ])('%s can be put back to exactly the files of before', (_, make, earlier) => {
    const host = use(make());
    const { stdout } = host.sh(
      command,
      `${inTransaction}
       rm -rf "$OVS_ROOT/opt/ovsfleet/lib"; mkdir -p "$OVS_ROOT/opt/ovsfleet/lib"; ovs__reload_text | ovs__put "$OVS_ROOT/opt/ovsfleet/lib/ovs-systemd-reload" 755
       ${earlier}
       ${tree} >"$OVS_ROOT/fake/before"
       ovs__remember_release && ovs__use ${build} || echo failed
       ${tree} | cmp -s - "$OVS_ROOT/fake/before" && echo unchanged
       ovs__put_back_release && ovs__put_back_release || echo failed
       ${tree} | diff "$OVS_ROOT/fake/before" - && echo same`,
    );
    expect(stdout).toBe('same\n');
  });

  test('tools on PATH become links to the running release, but never over a file that is there', () => {
    const host = use(debianHost());
    host.write('usr/local/bin/ovs-vsctl', 'the operator’s own');
    const { stdout } = host.sh(
      command,
      `${inTransaction}; ovs__use ${build}; readlink "$OVS_ROOT/usr/local/bin/ovs-ofctl"; cat "$OVS_ROOT/usr/local/bin/ovs-vsctl"`,
    );
    expect(stdout).toBe('/opt/ovsfleet/ovs/current/bin/ovs-ofctl\nthe operator’s own');
  });

  test('on a bare host what starts the daemons at boot follows the release', () => {
    const host = use(bareHost());
    const link = 'readlink "$OVS_ROOT/usr/local/share/openvswitch/scripts" || echo directory';
    expect(host.sh(command, `${inTransaction}; ovs__use ${build}; ${link}; ovs__use_found; ${link}`).stdout).toBe(
      `${scripts}\ndirectory\n`,
    );
  });

  test.each([
    ['nothing there', '', 'none'],
    ['unpacked but for a program', 'echo 3.5.0-1 >"$b/.build-id"', 'broken: sbin/ovs-vswitchd is missing'],
    [
      'a program that does not start',
      'echo 3.5.0-1 >"$b/.build-id"; fill; printf "#!/bin/sh\\nexit 1\\n" >"$b/sbin/ovsdb-server"',
      'broken: sbin/ovsdb-server does not start',
    ],
    ['whole', 'echo 3.5.0-1 >"$b/.build-id"; fill', '3.5.0-1'],
  ])('a staged release, %s', (_, make, answer) => {
    const host = use(fakeHost());
    const fill = `b=$OVS_ROOT${build}; mkdir -p "$b"; fill() {
      for f in sbin/ovs-vswitchd sbin/ovsdb-server bin/ovs-vsctl bin/ovs-ofctl bin/ovs-appctl bin/ovsdb-tool bin/ovsdb-client share/openvswitch/scripts/ovs-ctl; do
        mkdir -p "$b/\${f%/*}"; printf '#!/bin/sh\\nexit 0\\n' >"$b/$f"; chmod 755 "$b/$f"
      done; echo '{}' >"$b/share/openvswitch/vswitch.ovsschema"; }`;
    expect(host.sh(command, `${fill}\n${make}\novs_staged ${build}`).stdout).toBe(`${answer}\n`);
  });

  test.each([
    ['3.5.0', '3.5.0', 0],
    ['3.10.1', '3.5.0', 0],
    ['2.9.0', '2.16', 1],
    ['3.1.0', '3.1', 0],
  ])('release %s against %s is compared by numbers', (a, b, status) => {
    expect(use(fakeHost()).sh(command, `ovs__newer_or_same ${a} ${b}`).status).toBe(status);
  });

  test('a conversion that would lose rows is refused, with what would be lost', () => {
    const script = `OVS_OWNER=debian OVS_SCRIPTS=/usr/share/openvswitch/scripts OVS_READY=yes OVS_BIN=/x
      ovs__newer_bin() { echo /x; }
      timeout() { shift; case "$*" in *db-version*) echo 8.3.1 ;; *schema-version*) echo 8.3.1 ;; *needs-conversion*) echo yes ;; esac; }
      ovs_db_rows() { if [ -e "$OVS_ROOT/counted" ]; then echo 'rows Bridge=2'; else echo 'rows Bridge=3'; : >"$OVS_ROOT/counted"; fi; }
      ovs__convert /copy found Bridge`;
    const { status, stdout, stderr } = use(fakeHost()).sh(command, script);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('would lose rows: before rows Bridge=3 , after rows Bridge=2');
  });

  test('rows are counted by table, and an answer that is an error counts as none', () => {
    const answer =
      '[{"rows":[{"_uuid":["uuid","a"]},{"_uuid":["uuid","b"]}]},{"rows":[]},{"rows":[{"_uuid":["uuid","c"]}]}]';
    const host = use(fakeHost());
    expect(host.sh(command, `echo '${answer}' | ovs__count_rows 'Bridge Queue Port'`).stdout).toBe(
      'rows Bridge=2\nrows Port=1\n',
    );
    expect(host.sh(command, `echo '[{"error":"unknown table"}]' | ovs__count_rows 'Bridge'`)).toMatchObject({
      status: 1,
      stdout: '',
    });
  });
});
