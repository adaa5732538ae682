/** A bridge with something that a restart of the daemons may lose, and how to count it. */
export interface Case {
  readonly title: string;
  readonly bridge: string;
  /** OpenFlow version that the bridge is spoken to with. */
  readonly version: 'OpenFlow13' | 'OpenFlow15';
  /** Columns of table Bridge, as ovs-vsctl takes them. */
  readonly settings?: string;
  readonly controller?: string;
  /** Commands of ovs-ofctl before the flows. */
  readonly first?: readonly string[];
  readonly flows: readonly string[];
  /** What is counted besides flows: a word for it, and a command that prints a line for each. */
  readonly also?: { readonly one: string; readonly many: string; readonly lines: string };
}

const flows = ['priority=7,ip,actions=drop', 'priority=5,arp,actions=NORMAL', 'priority=0,actions=drop'];

export const cases: readonly Case[] = [
  { title: 'plain flows', bridge: 'br-plain', version: 'OpenFlow15', flows },
  {
    title: 'a flow through a meter',
    bridge: 'br-meter',
    version: 'OpenFlow15',
    first: ['add-meter br-meter meter=1,pktps,band=type=drop,rate=1000'],
    flows: ['priority=9,udp,actions=meter:1,NORMAL', ...flows.slice(1)],
    also: { one: 'meter', many: 'meters', lines: 'dump-meters br-meter | grep "^meter="' },
  },
  {
    title: '`protocols=[OpenFlow13]` only',
    bridge: 'br-of13',
    version: 'OpenFlow13',
    settings: 'protocols=OpenFlow13',
    flows,
  },
  {
    title: 'a controller, `fail_mode=secure`',
    bridge: 'br-ctl',
    version: 'OpenFlow15',
    settings: 'fail_mode=secure',
    controller: 'tcp:127.0.0.1:6699',
    flows,
  },
  {
    title: 'a select group with `selection_method`',
    bridge: 'br-group',
    version: 'OpenFlow15',
    first: [
      'add-group br-group group_id=1,type=select,selection_method=hash,fields=ip_dst,bucket=bucket_id:1,actions=NORMAL',
    ],
    flows: ['priority=9,udp,actions=group:1', ...flows.slice(1)],
    also: {
      one: 'selection method',
      many: 'selection methods',
      lines: 'dump-groups br-group | grep selection_method=hash',
    },
  },
  {
    title: 'a TLV map and a match on it',
    bridge: 'br-tlv',
    version: 'OpenFlow15',
    first: ['add-tlv-map br-tlv "{class=0xffff,type=1,len=4}->tun_metadata0"'],
    flows: ['priority=9,tun_metadata0=0x12,actions=drop', ...flows.slice(1)],
    also: { one: 'mapping', many: 'mappings', lines: 'dump-tlv-map br-tlv | grep tun_metadata0' },
  },
];

/** Marks the flows that are counted. */
const cookie = '0x5eed';

/** Makes a case's bridge. The userspace datapath, since the machine's kernel may have no module for the other. */
export const make = ({ bridge, version, settings, controller, first = [], flows: lines }: Case): string =>
  [
    `ovs-vsctl add-br ${bridge} -- set Bridge ${bridge} datapath_type=netdev ${settings ?? ''}`,
    `ovs-ofctl -O ${version} del-flows ${bridge}`,
    ...first.map((command) => `ovs-ofctl -O ${version} ${command}`),
    ...lines.map((line) => `ovs-ofctl -O ${version} add-flow ${bridge} 'cookie=${cookie},${line}'`),
    // Last: a bridge that gets its first controller is flushed.
    ...(controller === undefined
      ? []
      : [
          `ovs-vsctl set-controller ${bridge} ${controller}`,
          ...lines.map((line) => `ovs-ofctl -O ${version} add-flow ${bridge} 'cookie=${cookie},${line}'`),
        ]),
  ].join(' && ');

/** Prints how many there are, flows first. */
export const count = ({ bridge, version, also }: Case): string =>
  [`dump-flows ${bridge} | grep cookie=${cookie}`, ...(also === undefined ? [] : [also.lines])]
    .map((lines) => `ovs-ofctl -O ${version} ${lines} | wc -l`)
    .join('; ');
