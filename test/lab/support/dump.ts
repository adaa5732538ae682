import type { Lab } from '../../../src/lab/index.ts';

/**
 * What a host forwards and is, read by the tools that the host came with, which stay beside every upgrade: the same
 * program prints both sides of a comparison. Nothing of the product is asked.
 */
const program = `
export LC_ALL=C OVS_RUNDIR=/var/run/openvswitch
vsctl() { /usr/bin/ovs-vsctl --timeout=20 "$@"; }
ofctl() { /usr/bin/ovs-ofctl --timeout=20 "$@"; }
# flows that time out come and go by themselves
lasting() { awk '{ head = $0; sub(/ actions=.*/, "", head); if (head !~ /_timeout=/) print }'; }
section() { printf '## %s\\n' "$1"; }
section bridges; vsctl list-br
for bridge in $(vsctl list-br); do
  protocols=$(vsctl get Bridge "$bridge" protocols)
  case $protocols in
  *OpenFlow15* | '[]') version=OpenFlow15 ;;
  *OpenFlow14*) version=OpenFlow14 ;;
  *) version=OpenFlow13 ;;
  esac
  section "flows $bridge"; ofctl -O $version --no-stats --no-names dump-flows "$bridge" | lasting | sed 's/^ *//' | sort
  section "groups $bridge"; ofctl -O $version dump-groups "$bridge" | grep group_id | sort
  section "meters $bridge"; ofctl -O $version dump-meters "$bridge" | sed '/OFPST/d; /^$/d'
  section "tlv $bridge"
  [ $version != OpenFlow15 ] || ofctl -O $version dump-tlv-map "$bridge" | sed -n 's/^ *0x/0x/p'
done
section interfaces; vsctl --format=csv --no-headings --columns=name,ofport,ofport_request,type,options,mac list Interface | sort
section "interface ids"; vsctl --format=csv --no-headings --columns=name,external_ids list Interface | sort
section ports; vsctl --format=csv --no-headings --columns=name,tag,trunks,vlan_mode,qos,external_ids,other_config list Port | sort
section bridge; vsctl --format=csv --no-headings --columns=name,fail_mode,protocols,datapath_type,other_config,external_ids list Bridge | sort
section controllers; for bridge in $(vsctl list-br); do echo "$bridge $(vsctl get-controller "$bridge" | sort | tr '\\n' ' ')"; done
section managers; vsctl get-manager
section "open_vswitch"; vsctl --format=csv --no-headings --columns=external_ids,other_config list Open_vSwitch
section system-id; vsctl get Open_vSwitch . external_ids:system-id; cat /etc/openvswitch/system-id.conf
section hostname; vsctl get Open_vSwitch . external_ids:hostname; hostname
`;

/** By section: `flows br-int`, `groups br-int`, `interfaces`, `system-id`, … */
export type Dump = Readonly<Record<string, readonly string[]>>;

const parse = (text: string): Dump => {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const title = /^## (.*)$/.exec(line)?.[1];
    if (title !== undefined) {
      lines = [];
      sections.set(title, lines);
    } else if (line.trim() !== '') lines.push(line.trim());
  }
  return Object.fromEntries(sections);
};

/** Reads a host over ssh. Rejects when a tool of it could not answer. */
export const dump = async (lab: Lab, host: string): Promise<Dump> => {
  const { code, stdout, stderr } = await lab.ssh(host, `set -e\n${program}`, { limitMs: 90_000 });
  if (code !== 0 || stderr !== '') throw new Error(`${host}: cannot be dumped (status ${code}): ${stderr}`);
  return parse(stdout);
};

const cookie = /cookie=0x[0-9a-f]+, /;

/** Without what an agent makes anew each time that it starts: the cookies of its flows, also of those that they will learn. */
export const withoutCookies = (dumped: Dump): Dump =>
  Object.fromEntries(
    Object.entries(dumped).map(([title, lines]) => [
      title,
      title.startsWith('flows ') ? lines.map((line) => line.replace(/cookie=0x[0-9a-f]+, ?/g, '')).toSorted() : lines,
    ]),
  );

/** The cookies of a dump's flows, each once. */
export const cookiesOf = (dumped: Dump): readonly string[] => [
  ...new Set(
    Object.entries(dumped)
      .filter(([title]) => title.startsWith('flows '))
      .flatMap(([, lines]) => lines.map((line) => cookie.exec(line)?.[0] ?? ''))
      .filter((found) => found !== ''),
  ),
];
