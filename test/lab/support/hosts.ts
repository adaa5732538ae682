import type { Lab } from '../../../src/lab/index.ts';
import { say } from './bring-up.ts';

const daemons = ['ovsdb-server', 'ovs-vswitchd'] as const;
export const agentUnit = 'neutron-openvswitch-agent.service';

/** The files that the two daemons were started from. */
export const executables = async (lab: Lab, host: string): Promise<readonly string[]> =>
  (
    await say(lab, host, daemons.map((name) => `readlink /proc/$(cat /var/run/openvswitch/${name}.pid)/exe`).join('; '))
  ).split('\n');

/** The schema that the database server serves. */
export const schemaOf = (lab: Lab, host: string): Promise<string> =>
  say(lab, host, 'ovsdb-client get-schema-version unix:/var/run/openvswitch/db.sock Open_vSwitch');

/** What systemd has to say of Open vSwitch: state of its units on a packaged host, nothing else but what failed. */
export const unitStates = async (lab: Lab, host: string): Promise<readonly string[]> => {
  const units = lab.host(host).profile === 'src' ? [] : ['openvswitch-switch', 'ovsdb-server', 'ovs-vswitchd'];
  const states = units.map((unit) => `echo "${unit} $(systemctl is-active ${unit})"`);
  const text = await say(lab, host, [...states, 'systemctl --failed --no-legend --plain', 'true'].join('; '));
  return text === '' ? [] : text.split('\n');
};

/** What `unitStates` gives of a host that is well. */
export const wellUnits = (lab: Lab, host: string): readonly string[] =>
  lab.host(host).profile === 'src' ? [] : ['openvswitch-switch active', 'ovsdb-server active', 'ovs-vswitchd active'];

/** The process of the agent; `0` when it does not run. */
export const agentPid = (lab: Lab, host: string): Promise<string> =>
  say(lab, host, `systemctl show --property=MainPID --value ${agentUnit}`);

/** `true` while a restore of flows is under way, or was left half-way; empty otherwise. */
export const restoreFlag = (lab: Lab, host: string): Promise<string> =>
  say(lab, host, '/usr/bin/ovs-vsctl --timeout=20 --if-exists get Open_vSwitch . other_config:flow-restore-wait');

/** The states of all transactions that a host has had, oldest first. */
export const transactionStates = async (lab: Lab, host: string): Promise<readonly string[]> => {
  const text = await say(
    lab,
    host,
    'cd /var/lib/ovsfleet/tx 2>/dev/null && for id in $(ls -1tr); do head -n 1 "$id/state"; done; true',
  );
  return text === '' ? [] : text.split('\n');
};

/**
 * Units and drop-ins of the product that are meant to be gone when nothing is under way, and a lock that a process holds (a
 * lease that nobody holds ends by itself).
 */
export const remainsOfTransactions = async (lab: Lab, host: string): Promise<readonly string[]> => {
  const text = await say(
    lab,
    host,
    `ls -d /etc/systemd/system/ovsfleet-tx-* /etc/systemd/system/*.wants/ovsfleet-tx-* /run/systemd/system/*.d/*ovsfleet* /run/ovsfleet/hold* /var/lib/ovsfleet/agents/*.service 2>/dev/null; grep -s -L '^0 0 0 ' /run/ovsfleet/lock; systemctl list-units --all --no-legend --plain 'ovsfleet-tx-*' | cut -d' ' -f1; true`,
  );
  return text === '' ? [] : text.split('\n');
};

/** Whether a host's guest gets answers from its peer's guest. */
export const guestsReach = async (lab: Lab, host: string): Promise<string> => {
  const peer = lab.host(host).guest?.peer ?? '';
  const address = lab.host(peer).guest?.address ?? '';
  return say(lab, host, `ip netns exec guest ping -n -q -c 5 -i 0.2 -W 2 ${address} | grep -o '[0-9]* received'`);
};

/**
 * What is lost first by a restore that is not thorough: a mapping of tunnel metadata and a flow that uses it; flows whose flags
 * replace-flows drops, one of them refused wherever the one after it is there already.
 */
export const addFragileFlows = async (lab: Lab, host: string): Promise<void> => {
  await say(
    lab,
    host,
    `ovs-ofctl -O OpenFlow15 add-tlv-map br-int '{class=0xffff,type=0x80,len=4}->tun_metadata0' &&
     ovs-ofctl -O OpenFlow15 add-flow br-int 'cookie=0xac0,table=61,priority=4,tun_metadata0=0x1234,actions=drop' &&
     ovs-ofctl -O OpenFlow15 add-flow br-int 'cookie=0xac1,table=61,priority=5,check_overlap,udp,actions=drop' &&
     ovs-ofctl -O OpenFlow15 add-flow br-int 'cookie=0xac1,table=61,priority=5,in_port=7,actions=drop' &&
     ovs-ofctl -O OpenFlow15 add-flow br-int 'cookie=0xac1,table=61,priority=6,no_packet_counts,no_byte_counts,actions=drop'`,
  );
};
