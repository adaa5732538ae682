import type { Machine } from '../../../src/lab/index.ts';

/** Where a machine's guest is, and the other's tunnel end. */
export interface Ends {
  readonly local: string;
  readonly remote: string;
  readonly guest: string;
  readonly guestMac: string;
}

/**
 * A guest behind a Linux bridge, br-int, patch ports and br-tun, and vxlan between the machines, on the kernel's datapath;
 * flows with cookies, a group and a meter, which a plain restart of the daemons would lose. MACs are given: clones of a
 * snapshot roll the same dice.
 */
const program = ({ local, remote, guest, guestMac }: Ends): string => `set -e
vsctl() { ovs-vsctl --timeout=60 "$@"; }
ip netns add guest
ip -n guest link set lo up
ip link add qbr0 type bridge
ip link add qvo type veth peer name qvb
ip link add qn0 type veth peer name qn1 netns guest
for link in qvb qn0; do ip link set "$link" master qbr0; done
for link in qvo qvb qbr0 qn0; do ip link set "$link" mtu 1400 up; done
ip -n guest link set qn1 address ${guestMac} mtu 1400 up
ip -n guest addr add ${guest}/24 dev qn1
vsctl --may-exist add-br br-tun -- set Bridge br-tun protocols=OpenFlow13 -- --may-exist add-br br-int
vsctl add-port br-tun patch-int -- set Interface patch-int type=patch options:peer=patch-tun \\
  -- add-port br-int patch-tun -- set Interface patch-tun type=patch options:peer=patch-int \\
  -- add-port br-int qvo -- set Interface qvo external_ids:iface-id=guest-${guest} \\
  -- add-port br-int tap7 -- set Interface tap7 type=internal \\
  -- add-port br-tun vxlan1 -- set Interface vxlan1 type=vxlan options:remote_ip=${remote} options:local_ip=${local} options:key=1001
ip addr add 172.31.7.1/24 dev tap7
ip link set tap7 up
ip route add 172.31.99.0/24 via 172.31.7.9 dev tap7
int() { ovs-ofctl -O OpenFlow15 "$@"; }
tun() { ovs-ofctl -O OpenFlow13 "$@"; }
int del-flows br-int
int add-meter br-int 'meter=1,kbps,burst,band=type=drop,rate=100000,burst_size=10000'
int add-group br-int 'group_id=11,type=all,bucket=actions=output:patch-tun'
int add-flow br-int 'cookie=0xabc,table=0,priority=10,in_port=qvo,actions=meter:1,group:11'
int add-flow br-int 'cookie=0xabc,table=0,priority=10,in_port=patch-tun,actions=output:qvo'
int add-flow br-int 'cookie=0xabd,table=60,priority=3,ip,nw_proto=2,actions=drop'
tun del-flows br-tun
tun add-flow br-tun 'cookie=0xdef,table=0,priority=10,in_port=patch-int,actions=resubmit(,20)'
tun add-flow br-tun 'cookie=0xdef,table=20,priority=1,actions=output:vxlan1'
tun add-flow br-tun 'cookie=0xdef,table=0,priority=10,in_port=vxlan1,actions=output:patch-int'
`;

/** Wires a machine whose daemons run. */
export const wire = async (machine: Machine, ends: Ends): Promise<void> => {
  await machine.say(program(ends));
};

/** The two ends of a pair: what the first calls local, the second calls remote. */
export const endsOf = (one: Machine, other: Machine): readonly [Ends, Ends] => [
  { local: one.address, remote: other.address, guest: '10.1.1.1', guestMac: '02:00:00:00:01:01' },
  { local: other.address, remote: one.address, guest: '10.1.1.2', guestMac: '02:00:00:00:01:02' },
];

/** Hangs the machine's only way in on a switch of its own, br-ex, from then on: over ssh itself, which must survive it. */
export const hangSshOnBridge = async (machine: Machine): Promise<void> => {
  await machine.say(`set -e
rm -f /etc/systemd/network/10-eth0.network
networkctl reload
mac=$(cat /sys/class/net/eth0/address)
cat > /run/hang.sh <<'END'
set -x
ovs-vsctl --timeout=60 add-br br-ex -- set Bridge br-ex fail_mode=secure other_config:hwaddr="$1" -- add-port br-ex eth0
ip addr flush dev eth0
ip addr add 10.0.2.15/24 dev br-ex
ip link set br-ex up
ovs-ofctl del-flows br-ex
ovs-ofctl add-flow br-ex cookie=0xe,table=0,priority=10,in_port=eth0,actions=LOCAL
ovs-ofctl add-flow br-ex cookie=0xe,table=0,priority=10,in_port=LOCAL,actions=output:eth0
END
systemd-run --unit=hang --wait sh /run/hang.sh "$mac"`);
  await machine.waitForLogin();
};
