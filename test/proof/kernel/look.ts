import type { Machine } from '../../../src/lab/index.ts';

/** What a machine forwards, and what hangs on its internal ports: the same text before and after a good exchange. */
// reset_counts is of the moment when a flow was added, and replace-flows does not take it over.
const program = `export LC_ALL=C
vsctl() { ovs-vsctl --timeout=60 "$@"; }
for bridge in $(vsctl list-br); do
  version=OpenFlow13
  [ "$bridge" != br-int ] || version=OpenFlow15
  echo "## $bridge"
  ovs-ofctl --timeout=60 -O $version --no-stats dump-flows "$bridge" | sed 's/^ *//; s/ reset_counts / /' | sort
  ovs-ofctl --timeout=60 -O $version dump-groups "$bridge" | grep group_id | sort
  ovs-ofctl --timeout=60 -O $version dump-meters "$bridge" | grep meter= | sort
done
vsctl --format=csv --no-headings --columns=name,ofport,type,options list Interface | sort
vsctl get Open_vSwitch . other_config external_ids:system-id
for port in tap7 br-ex; do
  [ -e "/sys/class/net/$port" ] || continue
  echo "## $port $(cat "/sys/class/net/$port/address")"
  ip -4 -o addr show "$port" | awk '{ print $4 }'
  ip -4 route show dev "$port" | sort
done`;

export const look = async (machine: Machine): Promise<string> => machine.say(program);

/** The version of the module in memory; '' for the kernel's own, which has none. */
export const inMemory = async (machine: Machine): Promise<string> =>
  machine.say('cat /sys/module/openvswitch/version 2>/dev/null; true');
