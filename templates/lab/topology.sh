#!/bin/sh
# Bridges, ports and flows of a lab host: made on the first boot, kept by OVS's database ever after; flows are put
# back on a boot that finds none. Reads /etc/ovsfleet-lab/topology.env.
set -e
# shellcheck source=/dev/null
. /etc/ovsfleet-lab/topology.env
vsctl() { ovs-vsctl --timeout=60 "$@"; }
bridge() {
	name=$1
	shift
	# datapath_type=netdev: this machine's kernel has no openvswitch module.
	vsctl --may-exist add-br "$name" -- set Bridge "$name" datapath_type=netdev "$@"
}

# The way in, where it goes over the switch. Secure: without its flows nobody gets in.
if [ -n "$MANAGEMENT" ]; then
	bridge br-ex fail_mode=secure protocols=OpenFlow13
	vsctl --may-exist add-port br-ex eth0
	ip addr replace "$MANAGEMENT/16" dev br-ex
	ip link set br-ex up
fi

# The tunnel's end must be an address on an OVS bridge, or the userspace datapath has no route to it.
bridge br-phy
vsctl --may-exist add-port br-phy eth1
ip addr replace "$UNDERLAY/16" dev br-phy
ip link set br-phy up

if [ "$WIRING" = agent ]; then
	# The agent does the rest: this is what nova-compute leaves for it.
	bridge br-int fail_mode=secure
	vsctl --may-exist add-port br-int qvo -- set Interface qvo \
		external_ids:iface-id="$PORT_ID" external_ids:iface-status=active \
		external_ids:attached-mac="$GUEST_MAC" external_ids:vm-uuid="$GUEST_ID"
	exit 0
fi

bridge br-tun protocols=OpenFlow13
bridge br-int
vsctl --may-exist add-port br-tun patch-int -- set Interface patch-int type=patch options:peer=patch-tun \
	-- --may-exist add-port br-int patch-tun -- set Interface patch-tun type=patch options:peer=patch-int \
	-- --may-exist add-port br-int qvo -- set Interface qvo external_ids:iface-id="$PORT_ID" \
	-- --may-exist add-port br-int tap7 -- set Interface tap7 type=internal
number=0 buckets='' tunnels=''
for remote in $REMOTES; do
	number=$((number + 1))
	vsctl --may-exist add-port br-tun "vxlan$number" -- set Interface "vxlan$number" type=vxlan \
		options:remote_ip="$remote" options:local_ip="$UNDERLAY" options:key=1001
	buckets="$buckets,bucket=actions=output:vxlan$number"
	tunnels="$tunnels vxlan$number"
done

# A transaction that a power cut interrupted is settled by whoever began it: adding flows now would mix both.
if [ "$(vsctl --if-exists get Open_vSwitch . other_config:flow-restore-wait)" = '"true"' ]; then
	echo 'flow-restore-wait is set: flows are left alone'
	exit 0
fi
flows() { ovs-ofctl -O "$1" dump-flows "$2" | grep -c 'cookie=0x[1-9a-f]' || :; }
int() { ovs-ofctl -O OpenFlow15 "$@"; }
tun() { ovs-ofctl -O OpenFlow13 "$@"; }
if [ -n "$MANAGEMENT" ] && [ "$(flows OpenFlow13 br-ex)" = 0 ]; then
	tun add-flow br-ex 'cookie=0xe,table=0,priority=10,in_port=eth0,actions=LOCAL'
	tun add-flow br-ex 'cookie=0xe,table=0,priority=10,in_port=LOCAL,actions=output:eth0'
fi
if [ "$(flows OpenFlow15 br-int)" = 0 ]; then
	int del-flows br-int
	int del-groups br-int
	int del-meters br-int
	int add-meter br-int 'meter=1,kbps,burst,band=type=drop,rate=100000,burst_size=10000'
	int add-meter br-int 'meter=7,pktps,bands=type=drop,rate=5000'
	int add-group br-int 'group_id=11,type=all,bucket=actions=output:patch-tun'
	int add-group br-int 'group_id=12,type=select,selection_method=hash,fields(ip_dst),bucket=bucket_id:1,weight:5,actions=output:qvo'
	int add-flows br-int - <<-'FLOWS'
		cookie=0xabc,table=0,priority=10,in_port=qvo,actions=meter:1,group:11
		cookie=0xabc,table=0,priority=10,in_port=patch-tun,actions=meter:7,resubmit(,30)
		cookie=0xabc,table=30,priority=5,actions=output:qvo
		cookie=0xabd,table=0,priority=20,tcp,tp_dst=22,actions=learn(table=40,hard_timeout=60,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[]),group:12
		cookie=0xabe,table=50,priority=7,ct_state=+trk+est,ip,actions=ct(commit,zone=5),set_field:0x5->reg3,write_actions(output:tap7)
		cookie=0xabf,table=60,priority=3,ip,nw_proto=2,tp_src=18,actions=drop
		cookie=0xabc,table=0,priority=0,actions=drop
	FLOWS
fi
if [ "$(flows OpenFlow13 br-tun)" = 0 ]; then
	tun del-flows br-tun
	tun del-groups br-tun
	tun add-group br-tun "group_id=21,type=all$buckets"
	tun add-flow br-tun 'cookie=0xdef,table=0,priority=10,in_port=patch-int,actions=resubmit(,20)'
	tun add-flow br-tun 'cookie=0xdef,table=20,priority=1,actions=group:21'
	for tunnel in $tunnels; do
		tun add-flow br-tun "cookie=0xdef,table=0,priority=10,in_port=$tunnel,actions=output:patch-int"
	done
fi
