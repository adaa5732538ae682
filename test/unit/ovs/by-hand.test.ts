import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeHost, fakeHost, shells } from './fake-host.ts';

/** A line of ovs-lib. */
const by = (name: string, variable: string, value: string): string => `${name}=\${${variable}-'${value}'}`;

let host: FakeHost;
beforeEach(() => {
  host = fakeHost();
  host.sh(['dash'], 'rmdir "$OVS_ROOT/run/systemd/system"');
  host.write('sys/module/openvswitch/version', '2.9.0\n');
  const scripts = 'usr/local/share/openvswitch/scripts';
  host.write(`${scripts}/ovs-ctl`, '#!/bin/sh\n', 0o755);
  host.write(
    `${scripts}/ovs-lib`,
    [
      by('logdir', 'OVS_LOGDIR', '/usr/local/var/log/openvswitch'),
      by('rundir', 'OVS_RUNDIR', '/usr/local/var/run/openvswitch'),
      by('sysconfdir', 'OVS_SYSCONFDIR', '/usr/local/etc'),
      by('bindir', 'OVS_BINDIR', '/usr/local/bin'),
      by('sbindir', 'OVS_SBINDIR', '/usr/local/sbin'),
      "    dbdir='/usr/local/etc/openvswitch'",
      '',
    ].join('\n'),
  );
  for (const file of ['bin/ovs-vsctl', 'bin/ovsdb-tool', 'sbin/ovs-vswitchd'])
    host.write(`usr/local/${file}`, `#!/bin/sh\necho "\${0##*/} $*" >>"$FAKE_CALLS"\n`, 0o755);
});
afterEach(() => host.remove());

/** A server whose help tells of these options, as the one of a release that was built with SSL or without does. */
const serverWith = (options: string): void =>
  host.write(
    'usr/local/sbin/ovsdb-server',
    `#!/bin/sh\nif [ "$1" = --help ]; then echo 'Active database connections: ${options}'; else echo "\${0##*/} $*" >>"$FAKE_CALLS"; fi\n`,
    0o755,
  );

const keys =
  ' --private-key=db:Open_vSwitch,SSL,private_key --certificate=db:Open_vSwitch,SSL,certificate --bootstrap-ca-cert=db:Open_vSwitch,SSL,ca_cert';
const run = '/usr/local/var/run/openvswitch';
const log = '/usr/local/var/log/openvswitch';
const database = (ssl: string): readonly string[] => [
  'ovsdb-tool create /usr/local/etc/openvswitch/conf.db /usr/local/share/openvswitch/vswitch.ovsschema',
  `ovsdb-server /usr/local/etc/openvswitch/conf.db --remote=punix:${run}/db.sock --remote=db:Open_vSwitch,Open_vSwitch,manager_options${ssl} --pidfile=${run}/ovsdb-server.pid --detach --log-file=${log}/ovsdb-server.log`,
  `ovs-vsctl --timeout=20 --db=unix:${run}/db.sock --no-wait init -- set Open_vSwitch . external_ids:system-id=hv01`,
];
const daemon = [
  `ovs-vswitchd unix:${run}/db.sock --pidfile=${run}/ovs-vswitchd.pid --detach --log-file=${log}/ovs-vswitchd.log`,
];

describe.each(shells)('daemons started one by one by hand, under $shell', ({ command }) => {
  const start = (which: string): readonly string[] => {
    const { status, stderr } = host.sh(command, `ovs_start by-hand ${which} hv01`);
    expect(status, stderr).toBe(0);
    return host.calls().map((line) => line.replaceAll(host.root, ''));
  };

  test.each<[string, string, string, readonly string[]]>([
    ['without SSL get none of its options', 'tcp:PORT', 'both', [...database(''), ...daemon]],
    ['with SSL get their keys of the database', '--private-key=FILE', 'both', [...database(keys), ...daemon]],
    ['may be the server alone', 'tcp:PORT', 'database', database('')],
    ['may be the switch alone', 'tcp:PORT', 'switch', daemon],
  ])('%s', (_, options, which, calls) => {
    serverWith(options);
    expect(start(which)).toEqual(calls);
  });

  test('keep a database that is there', () => {
    serverWith('tcp:PORT');
    host.write('usr/local/etc/openvswitch/conf.db', 'a database');
    host.write('usr/local/bin/ovsdb-tool', '#!/bin/sh\necho "$1" >>"$FAKE_CALLS"\necho no\n', 0o755);
    expect(start('database')).toEqual(['needs-conversion', ...database('').slice(1)]);
  });

  test('are not started on one that cannot be read', () => {
    serverWith('tcp:PORT');
    host.write('usr/local/etc/openvswitch/conf.db', 'nonsense');
    host.write('usr/local/bin/ovsdb-tool', '#!/bin/sh\nexit 1\n', 0o755);
    const { status, stderr } = host.sh(command, 'ovs_start by-hand both hv01');
    expect(status).not.toBe(0);
    expect(stderr).toContain('cannot be read: put a backup in its place');
    expect(host.calls()).toEqual([]);
  });
});
