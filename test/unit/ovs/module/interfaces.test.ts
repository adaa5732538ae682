import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ModuleHost, moduleHost, withKmod } from './module-host.ts';

let host: ModuleHost;
beforeEach(() => {
  host = moduleHost();
  // answers of iproute2 6.1, as a host with a bridge, an internal port and one in a namespace gave them
  host.write(
    'fake/ip/-,-o link show',
    [
      '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00',
      '3: ovs-system: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000\\    link/ether 42:1d:94:8a:01:02 brd ff:ff:ff:ff:ff:ff',
      '4: br-ex: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/ether 12:c1:6d:9d:0c:48 brd ff:ff:ff:ff:ff:ff',
      '5: int1: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue master bond7 state DOWN mode DEFAULT group default qlen 1000\\    link/ether ee:52:3e:16:5f:2f brd ff:ff:ff:ff:ff:ff',
      '',
    ].join('\n'),
  );
  host.write(
    'fake/ip/-,-o addr show',
    [
      '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
      '4: br-ex    inet 172.16.0.1/24 brd 172.16.0.255 scope global br-ex\\       valid_lft forever preferred_lft forever',
      '4: br-ex    inet 172.16.0.9/24 scope global secondary br-ex:1\\       valid_lft forever preferred_lft forever',
      '4: br-ex    inet6 2001:db8::1/64 scope global dynamic \\       valid_lft 86391sec preferred_lft 14391sec',
      '4: br-ex    inet6 fe80::10c1:6dff:fe9d:c48/64 scope link \\       valid_lft forever preferred_lft forever',
      '',
    ].join('\n'),
  );
  host.write(
    'fake/ip/-,-o -4 route show table all',
    [
      'default via 10.0.2.2 dev eth0 ',
      '172.16.0.0/24 dev br-ex proto kernel scope link src 172.16.0.1 ',
      '172.30.0.0/16 via 172.16.0.254 dev br-ex metric 77 linkdown ',
      '10.9.0.0/16 dev br-ex table 7 scope link ',
      'broadcast 172.16.0.255 dev br-ex table local proto kernel scope link src 172.16.0.1 ',
      '',
    ].join('\n'),
  );
  host.write('fake/ip/-,-o -6 route show table all', 'fe80::/64 dev br-ex proto kernel metric 256 pref medium\n');
  host.write(
    'fake/ip/qdhcp-1,-o link show',
    '2: tap1: <BROADCAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/ether fa:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff\n',
  );
  host.write(
    'fake/ip/qdhcp-1,-o addr show',
    '2: tap1    inet 10.5.0.2/24 brd 10.5.0.255 scope global tap1\\       valid_lft forever preferred_lft forever\n',
  );
  host.write(
    'fake/bin/ip',
    `#!/bin/sh
case "$1 $2" in
'netns list') echo 'qdhcp-1 (id: 0)' ;;
'netns exec')
  netns=$3
  shift 4
  [ "$1" != -- ] || shift
  case "$*" in *batch*) echo "$netns: $*" >>"$FAKE_CALLS"; sed "s/^/$netns  /" "$(eval echo "\\\${$#}")" >>"$FAKE_CALLS" ;; *) cat "$OVS_ROOT/fake/ip/$netns,$*" 2>/dev/null || : ;; esac ;;
*)
  case "$*" in *batch*) echo "-: $*" | sed "s|$OVS_ROOT||" >>"$FAKE_CALLS"; sed 's/^/-  /' "$(eval echo "\\\${$#}")" >>"$FAKE_CALLS" ;; *set*netns*) echo "$*" >>"$FAKE_CALLS" ;; *) cat "$OVS_ROOT/fake/ip/-,$*" 2>/dev/null || : ;; esac ;;
esac
`,
    0o755,
  );
});
afterEach(() => host.remove());

const ports = (names: string): string => `ovs__context() { OVS_OWNER=debian; }
  ovs__internal_ports() { printf '%s' '${names}'; }
  ovs__settings() { :; }
`;

const text = `address br-ex - 172.16.0.1/24 brd 172.16.0.255 scope global
address br-ex - 172.16.0.9/24 scope global label br-ex:1
address br-ex - 2001:db8::1/64 scope global
address tap1 qdhcp-1 10.5.0.2/24 brd 10.5.0.255 scope global
link br-ex - 12:c1:6d:9d:0c:48 1400 up -
link int1 - ee:52:3e:16:5f:2f 1500 down bond7
link tap1 qdhcp-1 fa:16:3e:00:00:01 1450 up -
route4 br-ex - 10.9.0.0/16 table 7 scope link
route4 br-ex - 172.30.0.0/16 via 172.16.0.254 metric 77
`;

describe.each(withKmod)('internal ports, under $shell', ({ command }) => {
  test('are written down with what the kernel does not make by itself, in whichever namespace they are', () => {
    expect(host.run(command, `${ports('br-ex int1 tap1')} ovs_interfaces`).stdout).toBe(text);
  });

  test('are put back: moved, then made like before, routes without a gateway first', () => {
    host.write('wanted', text);
    for (const port of ['br-ex', 'int1', 'tap1']) host.write(`sys/class/net/${port}/address`, '');
    host.run(command, `${ports('br-ex int1 tap1')} ovs_interfaces_plan "$OVS_ROOT/wanted"`);
    // What is planned is all that is needed within the outage.
    host.write('wanted', '');
    host.run(command, `${ports('br-ex int1 tap1')} ovs_interfaces_restore "$OVS_ROOT/wanted"`);
    const calls = host.calls();
    expect(calls).toContain('link set dev tap1 netns qdhcp-1');
    const done = (netns: string) =>
      calls.filter((line) => line.startsWith(`${netns}  `)).map((line) => line.slice(netns.length + 2));
    expect(done('-')).toEqual([
      'link set dev br-ex address 12:c1:6d:9d:0c:48',
      'link set dev br-ex mtu 1400',
      'link set dev br-ex up',
      'link set dev int1 address ee:52:3e:16:5f:2f',
      'link set dev int1 mtu 1500',
      'link set dev int1 master bond7',
      'link set dev int1 down',
      'addr replace 172.16.0.1/24 brd 172.16.0.255 scope global dev br-ex',
      'addr replace 172.16.0.9/24 scope global label br-ex:1 dev br-ex',
      'addr replace 2001:db8::1/64 scope global dev br-ex',
      'route replace 10.9.0.0/16 table 7 scope link dev br-ex',
      'route replace 172.30.0.0/16 via 172.16.0.254 metric 77 dev br-ex',
    ]);
    expect(done('qdhcp-1')).toEqual([
      'link set dev tap1 address fa:16:3e:00:00:01',
      'link set dev tap1 mtu 1450',
      'link set dev tap1 up',
      'addr replace 10.5.0.2/24 brd 10.5.0.255 scope global dev tap1',
    ]);
  });

  test('one in a namespace without a name, or one that another device stands on, is told before anything is changed', () => {
    host.write(
      'fake/ip/-,-o link show',
      `${host.read('fake/ip/-,-o link show')}9: br-ex.100@br-ex: <BROADCAST> mtu 1400 qdisc noop\n`,
    );
    expect(
      host
        .run(command, `${ports('br-ex lost0')} ovs_interface_objections`)
        .stdout.split('\n')
        .filter(Boolean),
    ).toEqual([
      'device br-ex.100 stands on internal port br-ex, and would go with it: take it away first',
      expect.stringMatching(/^internal port lost0 is in a network namespace without a name/),
    ]);
  });
});
