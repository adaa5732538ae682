import { afterEach, describe, expect, test } from 'vitest';
import { bareHost, debianHost, type FakeHost, fakeHost, ownDirectoryHost, shells } from './fake-host.ts';

const made: FakeHost[] = [];
const use = (host: FakeHost): FakeHost => {
  made.push(host);
  return host;
};
afterEach(() => {
  for (const host of made.splice(0)) host.remove();
});

const debianLayout = `owner=debian
init=systemd
rundir=/var/run/openvswitch
db=/etc/openvswitch/conf.db
dbfile=/etc/openvswitch/conf.db
dbdir=/etc/openvswitch
sysconfdir=/etc
localstatedir=/var
logdir=/var/log/openvswitch
scripts=/usr/share/openvswitch/scripts
datapaths=netdev
`;

const words = (rundir: string) => ['ovs-vswitchd', `unix:${rundir}/db.sock`, `--pidfile=${rundir}/ovs-vswitchd.pid`];

describe.each(shells)('under $shell', ({ command }) => {
  test("a host with Debian's units is told from its processes and units", () => {
    const host = use(debianHost());
    expect(host.sh(command, 'ovs_layout')).toMatchObject({ status: 0, stdout: debianLayout, stderr: '' });
  });

  test('the layout is the same after an upgrade, when the daemons run from a build of ours', () => {
    const host = use(debianHost());
    host.sh(
      command,
      `cd "$OVS_ROOT/proc" && rm 101/exe 102/exe
       ln -s /opt/ovsfleet/ovs/3.5.0-1/sbin/ovsdb-server 101/exe
       ln -s /opt/ovsfleet/ovs/3.5.0-1/sbin/ovs-vswitchd 102/exe`,
    );
    host.tools('opt/ovsfleet/ovs/3.5.0-1/bin', 'debian-3.5.0.recording');
    expect(host.sh(command, 'ovs_layout').stdout).toBe(debianLayout);
  });

  test('a host without units keeps the directories of its own prefix', () => {
    const host = use(bareHost());
    expect(host.sh(command, 'ovs_layout').stdout).toBe(`owner=bare
init=systemd
rundir=/usr/local/var/run/openvswitch
db=/usr/local/etc/openvswitch/conf.db
dbfile=/usr/local/etc/openvswitch/conf.db
dbdir=/usr/local/etc/openvswitch
sysconfdir=/usr/local/etc
localstatedir=/usr/local/var
logdir=/usr/local/var/log/openvswitch
scripts=/usr/local/share/openvswitch/scripts
datapaths=netdev
`);
  });

  test.each([
    ['of its own, when nothing was found there', '', '/opt/ovsfleet/ovs/current/share/openvswitch/scripts'],
    ['that were found, when it took their place', 'usr/share', '/usr/share/openvswitch/scripts'],
  ])(
    'daemons that no unit owns, of a release in a directory of its own: their scripts are those %s',
    (_, found, scripts) => {
      const host = use(ownDirectoryHost());
      if (found !== '') host.write(`${found}/openvswitch/scripts/ovs-ctl`, '', 0o755);
      expect(host.sh(command, 'ovs_layout').stdout).toContain(`\nscripts=${scripts}\n`);
    },
  );

  test.each([
    [
      'units of the RPM packages',
      'el',
      'ovs-vswitchd.service',
      ['ovs-vswitchd.service LoadState=loaded', 'openvswitch.service LoadState=loaded'],
    ],
    [
      'daemons restarted by hand beside their units',
      'astray',
      'session-3.scope',
      ['ovs-vswitchd.service LoadState=loaded', 'openvswitch-switch.service LoadState=loaded'],
    ],
    ['an init script wrapped by systemd', 'astray', 'openvswitch-switch.service', []],
    ['a scope of their own', 'bare', 'run-r01.scope', []],
  ])('%s: the owner is %s', (_, owner, unit, units) => {
    const host = use(bareHost(unit));
    host.units(...units);
    expect(host.sh(command, 'ovs_layout').stdout).toMatch(new RegExp(`^owner=${owner}\n`));
  });

  test('daemons in a container are left to its runtime', () => {
    const host = use(fakeHost());
    host.daemon('ovs-vswitchd', {
      pid: 7,
      exe: '/usr/sbin/ovs-vswitchd',
      unit: 'docker-0a1b.scope',
      words: words('/run/openvswitch'),
      container: true,
    });
    expect(host.sh(command, 'ovs_layout').stdout).toBe('owner=container\ninit=systemd\n');
  });

  test('a host where nothing runs says so', () => {
    const host = use(fakeHost());
    expect(host.sh(command, 'ovs_layout').stdout).toBe('owner=none\ninit=systemd\n');
    expect(host.sh(command, 'ovs_running').stdout).toBe('build=none\nrelease=none\nschema=none\n');
  });

  test("OVN's database servers are not taken for the switch's", () => {
    const host = use(debianHost());
    host.daemon('ovsdb-server', {
      pid: 50,
      exe: '/usr/sbin/ovsdb-server',
      unit: 'ovn-ovsdb-server-nb.service',
      words: [
        'ovsdb-server',
        '/var/lib/ovn/ovnnb_db.db',
        '--remote=punix:/run/ovn/ovnnb_db.sock',
        '--pidfile=/run/ovn/ovnnb_db.pid',
      ],
    });
    expect(host.sh(command, 'ovs__daemon_pid ovsdb-server').stdout).toBe('101\n');
  });

  test('with --monitor the worker of the pid file is meant, not its monitor', () => {
    const host = use(debianHost());
    host.daemon('ovs-vswitchd', {
      pid: 100,
      exe: '/usr/sbin/ovs-vswitchd',
      unit: 'ovs-vswitchd.service',
      words: [
        'ovs-vswitchd',
        'unix:/var/run/openvswitch/db.sock',
        '--pidfile=/var/run/openvswitch/ovs-vswitchd.pid',
        '--monitor',
      ],
    });
    host.write('var/run/openvswitch/ovs-vswitchd.pid', '102\n');
    expect(host.sh(command, 'ovs__daemon_pid ovs-vswitchd').stdout).toBe('102\n');
  });

  test('what runs is one record: build, release asked of the daemon, schema of the live database', () => {
    const host = use(debianHost());
    expect(host.sh(command, 'ovs_running').stdout).toBe('build=found\nrelease=3.1.0\nschema=8.3.1\n');
  });

  test('daemons of two builds are never taken for one', () => {
    const host = use(debianHost());
    host.sh(
      command,
      'rm "$OVS_ROOT/proc/101/exe"; ln -s /opt/ovsfleet/ovs/3.5.0-1/sbin/ovsdb-server "$OVS_ROOT/proc/101/exe"',
    );
    expect(host.sh(command, 'ovs_running').stdout).toMatch(/^build=found\+3\.5\.0-1\n/);
  });
});
