/**
 * Makes the topology that proves an upgrade: a guest network behind br-int and br-tun on each host, a tunnel between two
 * hosts, and flows of its own in both bridges, so that one can tell afterwards whether they were kept. Variables of each
 * host: local_ip and remote_ip, the ends of its tunnel; guest_ip such as 10.1.1.1/24; peer_ip, the guest on the other host.
 * On the userspace datapath local_ip must be an address of a bridge.
 */
import { group, hostVar, ovs, param, playbook, sh, step, verify } from 'ovsfleet';

/** A Linux bridge between the switch and a guest in a namespace, as nova-compute makes them; gone after a reboot. */
const guest = (address: string) =>
  step('guest', {
    read: sh`
      master() { basename "$(readlink "/sys/class/net/$1/master" || echo none)"; }
      if [ -d /sys/class/net/qbr0/bridge ]; then echo qbr0=bridge; else echo qbr0=none; fi
      if [ -e /sys/class/net/qvo ]; then echo qvo=there; else echo qvo=none; fi
      printf 'qvb=%s\nqn0=%s\n' "$(master qvb)" "$(master qn0)"
      printf 'qn1=%s\n' "$(ip netns exec ns0 ip -o -4 addr show dev qn1 2>/dev/null | awk '{ print $4 }')"
    `,
    want: { qbr0: 'bridge', qvo: 'there', qvb: 'qbr0', qn0: 'qbr0', qn1: address },
    make: sh`
      [ -e /sys/class/net/qbr0 ] || ip link add qbr0 type bridge || exit 1
      [ -e /sys/class/net/qvo ] || ip link add qvo type veth peer name qvb || exit 1
      ip netns add ns0 2>/dev/null
      [ -e /sys/class/net/qn0 ] || { ip link add qn0 type veth peer name qn1 && ip link set qn1 netns ns0; } || exit 1
      # What vxlan adds must fit into the underlay's 1500.
      for link in qvo qvb qbr0 qn0; do ip link set "$link" mtu 1400 up || exit 1; done
      ip link set qvb master qbr0 && ip link set qn0 master qbr0 &&
        ip netns exec ns0 ip link set lo up && ip netns exec ns0 ip link set qn1 mtu 1400 up &&
        ip netns exec ns0 ip addr replace ${address} dev qn1
    `,
  });

export default playbook({
  title: 'Make the topology that proves an upgrade',
  params: {
    datapath_type: param.oneOf(
      'datapath of the bridges: of the kernel (system) or of userspace (netdev)',
      ['system', 'netdev'],
      {
        default: 'system',
      },
    ),
  },
  plays: [
    {
      title: 'Wire it',
      hosts: 'hypervisors',
      steps: ({ params, host }) => [
        guest(hostVar(host, 'guest_ip', "the guest's address, such as 10.1.1.1/24")),
        group(
          'switch',
          ovs.bridge('br-int', params.datapath_type),
          ovs.bridge('br-tun', params.datapath_type),
          ovs.patched({ bridge: 'br-int', port: 'patch-tun' }, { bridge: 'br-tun', port: 'patch-int' }),
          ovs.devicePort('br-int', 'qvo'),
          ovs.vxlanPort('br-tun', 'vxlan0', {
            local: hostVar(host, 'local_ip', "the tunnel's end on this host"),
            remote: hostVar(host, 'remote_ip', "the tunnel's end on the other host"),
          }),
          ovs.flows('br-int', [
            'priority=10,in_port=qvo,actions=output:patch-tun',
            'priority=10,in_port=patch-tun,actions=output:qvo',
            'priority=0,actions=drop',
          ]),
          ovs.flows('br-tun', [
            'priority=10,in_port=patch-int,actions=output:vxlan0',
            'priority=10,in_port=vxlan0,actions=output:patch-int',
            'priority=0,actions=drop',
          ]),
        ),
      ],
    },
    {
      title: 'Prove it',
      hosts: 'hypervisors',
      steps: ({ host }) =>
        verify('the guest on the other host answers', {
          read: sh`
            if ip netns exec ns0 ping -c 1 -W 1 ${hostVar(host, 'peer_ip', 'the guest on the other host')} >/dev/null 2>&1; then
              echo yes
            else
              echo no
            fi
          `,
          want: 'yes',
          within: '20s',
        }),
    },
  ],
});
