#!/bin/sh
# The guest and its wires, which a reboot wipes away. Runs before OVS, so that its ports find their devices and keep
# their numbers. Reads /etc/ovsfleet-lab/topology.env.
set -e
# shellcheck source=/dev/null
. /etc/ovsfleet-lab/topology.env
ip netns add guest
ip -n guest link set lo up
if [ "$WIRING" = agent ]; then
	ip link add qvo type veth peer name qn1 netns guest
else
	brctl addbr qbr0
	ip link add qvo type veth peer name qvb
	ip link add qn0 type veth peer name qn1 netns guest
	brctl addif qbr0 qvb
	brctl addif qbr0 qn0
	for link in qvb qbr0 qn0; do ip link set "$link" mtu 1400 up; done
fi
ip link set qvo mtu 1400 up
# A fixed MAC: the other guest's ARP entry outlives a reboot of this host.
ip -n guest link set qn1 address "$GUEST_MAC" mtu 1400 up
ip -n guest addr add "$GUEST_ADDRESS/24" dev qn1
# The userspace datapath does not fill in the checksums that veth leaves to hardware: TCP would hang.
ip netns exec guest ethtool -K qn1 tx off >/dev/null 2>&1 || :
