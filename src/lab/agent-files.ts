import type { Guest, LabHost } from './fleet.ts';

const uuid = (kind: number, number: number): string =>
  `0000000${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** The UUID that the guest's port has in neutron, and in `external_ids:iface-id`. */
export const portId = (host: LabHost): string => uuid(0, host.index);
export const guestId = (host: LabHost): string => uuid(4, host.index);

/** The answers of the stub that stands in for neutron-server: one network, this host's one port, and its tunnels. */
export const stubAnswers = (host: LabHost, guest: Guest): string =>
  `${JSON.stringify(
    {
      tunnels: [guest.underlay, ...guest.remotes],
      ports: {
        [portId(host)]: {
          network_id: uuid(1, 1),
          network_type: 'vxlan',
          physical_network: null,
          segmentation_id: 1001,
          segment_id: uuid(2, 1),
          mac_address: guest.mac,
          admin_state_up: true,
          device_id: guestId(host),
          device_owner: 'compute:nova',
          fixed_ips: [{ subnet_id: uuid(3, 1), ip_address: guest.address }],
          mtu: 1450,
        },
      },
    },
    undefined,
    2,
  )}\n`;

/** Read after the package's own files: the last value of an option wins (oslo.config). */
export const agentConfig = (
  guest: Guest,
): string => `# Lab: the agent's server is stubbed in process, hence no message bus.
[DEFAULT]
transport_url = fake:/
rpc_response_timeout = 2
[ovs]
local_ip = ${guest.underlay}
datapath_type = netdev
bridge_mappings =
[agent]
tunnel_types = vxlan
l2_population = false
[securitygroup]
firewall_driver = noop
enable_security_group = false
`;

/** The package's own unit, with the stubbed server: everything but the command stays as it is packaged. */
export const AGENT_DROP_IN = `[Service]
ExecStart=
ExecStart=/usr/local/lib/ovsfleet-lab/agent-with-stub.py --config-file=/etc/neutron/neutron.conf \\
  --config-file=/etc/neutron/plugins/ml2/openvswitch_agent.ini --config-file=/etc/neutron/ovsfleet-lab.conf \\
  --log-file=/var/log/neutron/neutron-openvswitch-agent.log
`;
