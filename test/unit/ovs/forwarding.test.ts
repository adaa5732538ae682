import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { debianHost, fixtures, shells } from './fake-host.ts';

const old = debianHost('debian-3.1.0.recording');
const upgraded = debianHost('debian-3.5.0.recording');
afterAll(() => {
  old.remove();
  upgraded.remove();
});
const golden = readFileSync(join(fixtures, 'forwarding.txt'), 'utf8');

const tagged = (text: string, tag: string): readonly string[] =>
  text.split('\n').filter((line) => line.startsWith(`${tag} `));

/** Prints a dump as `ovs-ofctl` gave it, through the function that makes it canonical. */
const dump = (what: string, text: string): string =>
  `ovs__ofctl() { cat <<'EOF'\n${text}\nEOF\n}\nOVS_BIN=/usr/bin; ovs__dump ${what} OpenFlow15 br0`;

describe.each(shells)('under $shell', ({ command }) => {
  test('3.1.0 and 3.5.0 of one host read as the same text', () => {
    const before = old.sh(command, 'ovs_forwarding');
    expect(before).toMatchObject({ status: 0, stdout: golden });
    expect(upgraded.sh(command, 'ovs_forwarding').stdout).toBe(golden);
  });

  test('its summary counts what an operator counts', () => {
    expect(old.sh(command, `ovs_forwarding_summary '${join(fixtures, 'forwarding.txt')}'`).stdout).toBe(
      'bridges=3 flows=12 groups=3 meters=2 ports=9\n',
    );
  });

  test('after a reboot neither port numbers nor what a controller programs is compared', () => {
    const { stdout } = old.sh(command, 'ovs_forwarding loose');
    expect(tagged(stdout, 'port').join('\n')).not.toMatch(/ofport|mac/);
    expect(tagged(stdout, 'flow')).toEqual(['flow br-phy priority=0 actions=NORMAL']);
    expect(tagged(stdout, 'bridge').length).toBe(3);
    // Both are captured from one reading.
    expect(old.sh(command, `ovs__loosened <'${join(fixtures, 'forwarding.txt')}'`).stdout).toBe(stdout);
  });

  test('while a restore is under way nothing is printed, so that half a table is never taken for the state', () => {
    const script = 'ovs__context; ovs__vsctl() { echo \'"true"\'; }; ovs_forwarding';
    expect(old.sh(command, script)).toMatchObject({ status: 3, stdout: '' });
  });

  test('one dump that fails makes the whole reading fail', () => {
    const script = 'ovs__context; ovs__dump() { [ "$1" != groups ]; }; ovs_forwarding';
    expect(old.sh(command, script)).toMatchObject({ status: 1, stdout: '' });
  });

  test.each([
    [
      'counters and ages of a tool that cannot leave them out are cut',
      'flows',
      ' cookie=0x1, duration=3.2s, table=0, n_packets=1, n_bytes=70, idle_age=2, priority=10,in_port=2 actions=drop',
      'cookie=0x1, table=0, priority=10,in_port=2 actions=drop',
    ],
    [
      'IGMP is written as the parser reads it',
      'flows',
      ' cookie=0x0, priority=3,igmp,igmp_type=18 actions=drop',
      'cookie=0x0, priority=3,ip,nw_proto=2,tp_src=18 actions=drop',
    ],
    [
      'a flow that was added over OpenFlow 1.0 is the same once it is restored',
      'flows',
      ' cookie=0xe, reset_counts priority=10,in_port=1 actions=LOCAL\n cookie=0xe, duration=3.2s, table=0, n_packets=1, n_bytes=70, idle_age=2, send_flow_rem reset_counts priority=9 actions=drop',
      'cookie=0xe, priority=10,in_port=1 actions=LOCAL\ncookie=0xe, table=0, send_flow_rem priority=9 actions=drop',
    ],
    [
      'a meter and its bands become one line',
      'meters',
      'OFPST_METER_CONFIG reply (OF1.5) (xid=0x2):\nmeter=9 kbps burst stats bands=\ntype=drop rate=200 burst_size=10\ntype=dscp_remark rate=100 burst_size=5 prec_level=1\n\nmeter=3 pktps bands=\ntype=drop rate=5',
      'meter=9,kbps,burst,stats,band=type=drop,rate=200,burst_size=10,type=dscp_remark,rate=100,burst_size=5,prec_level=1\nmeter=3,pktps,band=type=drop,rate=5',
    ],
    [
      'a TLV map of class and type zero is kept',
      'tlv',
      '  class  type  length  match field\n ------  ----  ------  --------------\n      0     0       4  tun_metadata0\n 0xffff   0x1       8  tun_metadata1',
      '{class=0,type=0,len=4}->tun_metadata0\n{class=0xffff,type=0x1,len=8}->tun_metadata1',
    ],
    [
      'a group keeps its selection method',
      'groups',
      'OFPST_GROUP_DESC reply (OF1.5) (xid=0x2):\n group_id=12,type=select,selection_method=hash,fields=ip_dst,bucket=bucket_id:1,weight:5,actions=output:2',
      'group_id=12,type=select,selection_method=hash,fields=ip_dst,bucket=bucket_id:1,weight:5,actions=output:2',
    ],
  ])('%s', (_, what, text, canonical) => {
    expect(old.sh(command, dump(what, text)).stdout).toBe(`${canonical}\n`);
  });

  test('a flow that times out by itself is not compared, one that only teaches such flows is', () => {
    const lines = [
      'cookie=0x1, hard_timeout=300,priority=1,dl_dst=fa:16:3e:00:00:01 actions=output:2',
      'cookie=0x1, idle_timeout=5,priority=1 actions=drop',
      'cookie=0x1, priority=2 actions=learn(table=40,hard_timeout=60,NXM_OF_ETH_DST[]),output:1',
    ];
    expect(old.sh(command, `ovs__lasting <<'EOF'\n${lines.join('\n')}\nEOF`).stdout).toBe(`${lines[2]}\n`);
  });

  test('the flows that are added once more are those with flags that replace-flows drops', () => {
    const lines = [
      'cookie=0x1, send_flow_rem check_overlap priority=5,in_port=1 actions=drop',
      'cookie=0x1, table=3, no_packet_counts no_byte_counts priority=6 actions=drop',
      'check_overlap priority=7 actions=drop',
      'cookie=0x1, send_flow_rem priority=8 actions=drop',
      'cookie=0x1, priority=9 actions=learn(table=40,check_overlap),drop',
    ];
    expect(old.sh(command, `ovs__flagged <<'EOF'\n${lines.join('\n')}\nEOF`).stdout).toBe(
      `${lines.slice(0, 3).join('\n')}\n`,
    );
  });

  test.each([
    ['[OpenFlow10, OpenFlow13]', 'OpenFlow13'],
    ['["OpenFlow14","OpenFlow13"]', 'OpenFlow14'],
    ['OpenFlow15', 'OpenFlow15'],
  ])('a bridge with protocols %s is asked in %s', (protocols, version) => {
    expect(old.sh(command, `ovs__vsctl() { echo '${protocols}'; }; ovs__speaks br0`).stdout).toBe(`${version}\n`);
  });

  test('a bridge without protocols is asked in the highest version that it answers to', () => {
    const script = 'ovs__vsctl() { echo "[]"; }; ovs__ofctl() { [ "$2" = OpenFlow14 ]; }; ovs__speaks br0';
    expect(old.sh(command, script).stdout).toBe('OpenFlow14\n');
  });

  test('a save that fails half-way leaves no directory that could be restored from', () => {
    const script =
      'ovs__context; ovs__dump() { [ "$3" = br-int ]; }; ovs_save "$OVS_ROOT/saved"; echo "$?"; [ -e "$OVS_ROOT/saved" ] || echo absent';
    expect(old.sh(command, script).stdout).toBe('1\nabsent\n');
  });
});
