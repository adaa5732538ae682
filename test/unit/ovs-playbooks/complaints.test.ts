import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { bareHost, debianHost, type FakeHost, fakeHost, shells } from '../ovs/fake-host.ts';

const made: FakeHost[] = [];
const use = (host: FakeHost): FakeHost => {
  made.push(host);
  return host;
};
afterEach(() => {
  for (const host of made.splice(0)) host.remove();
});

const library = (name: string): string => fileURLToPath(new URL(`../../../templates/host/${name}.sh`, import.meta.url));
const sourced = ['ovs-restart', 'ovs-conform'].map((name) => `. '${library(name)}'`).join('\n');

/** A Debian host as it was found, and what has been done to it since. */
const debian = (disturb: (host: FakeHost) => void = () => undefined): FakeHost => {
  const host = use(debianHost());
  host.write('proc/uptime', '5000.00 9000.00\n');
  disturb(host);
  return host;
};

/** The made-up processes began 47.11 s after a boot 5000 s ago. */
const startedAgo = 5000 - 47;

/** A line of a daemon's log, so many seconds after it was started. */
const logged = (later: number, text: string): string =>
  `${new Date(Date.now() - (startedAgo - later) * 1000).toISOString()}|00001|${text}\n`;

describe.each(shells)('under $shell', ({ command }) => {
  const complaints = (host: FakeHost, words = "''"): readonly string[] => {
    const { status, stdout } = host.sh(command, `${sourced}\novs_complaints ${words}`);
    expect(status).toBe(0);
    return stdout.split('\n').filter((line) => line !== '');
  };

  test('nothing is wrong with a host as its packages leave it', () => {
    expect(complaints(debian(), '3.1.0')).toEqual([]);
    expect(complaints(use(bareHost()))).toEqual([]);
  });

  test('another release is named with the one that was wanted', () => {
    expect(complaints(debian(), '3.5.0')).toEqual(['release 3.1.0 runs, not 3.5.0']);
  });

  test('a build that waits for a restart is told', () => {
    const host = debian();
    host.sh(command, 'mkdir -p "$OVS_ROOT/opt/ovsfleet/ovs" && ln -s 3.5.0-1 "$OVS_ROOT/opt/ovsfleet/ovs/current"');
    expect(complaints(host)[0]).toBe('ovsdb-server is of found, a start would use 3.5.0-1');
  });

  test('a program that was replaced on disk is told', () => {
    const host = debian();
    host.sh(command, 'ln -sfn "/usr/lib/openvswitch-switch/ovs-vswitchd (deleted)" "$OVS_ROOT/proc/102/exe"');
    expect(complaints(host)).toEqual(['ovs-vswitchd was replaced on disk since it started']);
  });

  test('what systemd was told for the time of a swap alone must be gone', () => {
    const host = debian((one) =>
      one.write('run/systemd/system/ovs-vswitchd.service.d/99-ovsfleet-swap.conf', '[Service]\nRestart=no\n'),
    );
    expect(complaints(host)).toEqual(['systemd is still told not to restart ovs-vswitchd, as during a swap']);
  });

  test('a system id that the file does not have is told', () => {
    const host = debian((one) => one.write('etc/openvswitch/system-id.conf', 'another-id\n'));
    expect(complaints(host)).toEqual([expect.stringMatching(/^the system id is .* in the database, another-id in/)]);
  });

  test.each([
    ['ovs-vswitchd', 'util|EMER|assertion failed'],
    ['ovs-vswitchd', 'ofproto|ERR|cannot open br-int'],
    ['ovsdb-server', 'ovsdb_file|ERR|cannot write'],
  ])('of the log of %s only what was logged since its start counts: %s', (daemon, text) => {
    const path = `var/log/openvswitch/${daemon}.log`;
    expect(complaints(debian((one) => one.write(path, logged(-60, text))))).toEqual([]);
    expect(complaints(debian((one) => one.write(path, logged(60, 'bridge|WARN|hm'))))).toEqual([]);
    expect(complaints(debian((one) => one.write(path, logged(-60, text) + logged(60, text))))).toEqual([
      `1 error in the log since ${daemon} started, the last: ${text}`,
    ]);
  });

  test('programs of another release on the PATH of a login are a fault only where that is asked for', () => {
    const host = debian();
    host.write('usr/local/bin/ovs-ofctl', '#!/bin/sh\necho "ovs-ofctl (Open vSwitch) 2.17.0"\n', 0o755);
    host.write('usr/local/bin/ovs-vsctl', '#!/bin/sh\necho "ovs-vsctl (Open vSwitch) 2.17.0"\n', 0o755);
    host.write('usr/local/sbin/ovs-vswitchd', '#!/bin/sh\necho "ovs-vswitchd (Open vSwitch) 2.17.0"\n', 0o755);
    expect(complaints(host)).toEqual([]);
    expect(complaints(host, "'' same-tools")).toEqual([
      'programs of 2.17.0 are on the PATH of a login beside the running 3.1.0: /usr/local/bin (ovs-ofctl, ovs-vsctl), /usr/local/sbin (ovs-vswitchd)',
    ]);
  });

  test('a host without daemons has one complaint', () => {
    expect(complaints(use(fakeHost()))).toEqual(['no daemon of Open vSwitch runs']);
  });

  test.each([
    ['a second after the start', 0, 'after'],
    ['long after it', 3600, 'before'],
  ])('a restart since %s', (_, later, answer) => {
    const host = debian();
    const { stdout } = host.sh(command, `${sourced}\novs_started $(($(date +%s) - ${startedAgo} + ${later}))`);
    expect(stdout.trim()).toBe(answer);
  });

  test('a time that has not come yet is refused: no restart would ever be late enough', () => {
    const { status, stderr } = debian().sh(command, `${sourced}\novs_started $(($(date +%s) + 3600))`);
    expect([status, stderr]).toEqual([1, expect.stringContaining('has not come yet')]);
  });
});
