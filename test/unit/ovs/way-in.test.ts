import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, libraryFile, shells } from './fake-host.ts';

let host: FakeHost;
beforeEach(() => {
  host = debianHost();
});
afterEach(() => host.remove());

interface Device {
  readonly index: number;
  /** Of the device that it is linked to; its own when there is none. */
  readonly link?: number;
  readonly lower?: readonly string[];
}

const devices = (all: Readonly<Record<string, Device>>): void => {
  for (const [name, { index, link = index, lower = [] }] of Object.entries(all)) {
    host.write(`sys/class/net/${name}/ifindex`, `${index}\n`);
    host.write(`sys/class/net/${name}/iflink`, `${link}\n`);
    for (const under of lower) host.write(`sys/class/net/${name}/lower_${under}`, '');
  }
};

/** The bridge that is told where the route goes out by `device`, and Open vSwitch has bridge br-ex with port eth1. */
const told = (command: readonly string[], device: string): string => {
  const script = `. '${libraryFile('ovs-preflight')}'
    timeout() { shift; "$@"; }
    ip() { echo "192.0.2.9 via 192.0.2.1 dev ${device} src 192.0.2.7 uid 0 "; }
    ovs__vsctl() {
      case $2,$3 in br-exists,br-ex) ;; iface-to-br,eth1) echo br-ex ;; *) return 1 ;; esac
    }
    ovs_ssh_bridge`;
  return host.sh(command, script, { SSH_CONNECTION: '192.0.2.9 50000 192.0.2.7 22' }).stdout.trim();
};

describe.each(shells)('the way in, under $shell', ({ command }) => {
  test.each<[string, string, Readonly<Record<string, Device>>, string]>([
    ['is the bridge itself where that has the address', 'br-ex', { 'br-ex': { index: 3 } }, 'br-ex'],
    ['is found behind a port of a bridge', 'eth1', { eth1: { index: 2 } }, 'br-ex'],
    ['is none where the card is no port of a bridge', 'eth0', { eth0: { index: 2 } }, ''],
    [
      'is found under a VLAN on a bond',
      'bond0.100',
      { 'bond0.100': { index: 9, link: 8, lower: ['bond0'] }, bond0: { index: 8, lower: ['eth0', 'eth1'] } },
      'br-ex',
    ],
    [
      'is found through a Linux bridge and a veth pair',
      'virbr0',
      {
        virbr0: { index: 5, lower: ['veth0'] },
        veth0: { index: 6, link: 7, lower: [] },
        eth1: { index: 7, link: 6 },
      },
      'br-ex',
    ],
    [
      'is not taken for that of a device whose number the far end of a veth pair has in another namespace',
      'veth0',
      { veth0: { index: 6, link: 2 }, eth1: { index: 2 } },
      '',
    ],
    [
      'is none where devices stand on each other in a circle',
      'a',
      { a: { index: 1, lower: ['b'] }, b: { index: 2, lower: ['a'] } },
      '',
    ],
  ])('%s', (_, device, all, bridge) => {
    devices(all);
    expect(told(command, device)).toBe(bridge);
  });
});
