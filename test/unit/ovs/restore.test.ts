import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { debianHost, type FakeHost, shells } from './fake-host.ts';

let host: FakeHost;
let sockets: readonly Server[] = [];

const listen = (path: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(path, () => resolve(server));
  });

beforeEach(async () => {
  host = debianHost();
  // A fake that notes its calls and refuses those that match $REFUSE.
  host.write(
    'usr/bin/ovs-ofctl',
    '#!/bin/sh\nwhile :; do case $1 in -O) shift 2 ;; --timeout=*) shift ;; *) break ;; esac; done\nline=$(printf "%s " "$@" | sed "s|$OVS_ROOT||g; s/ $//")\necho "$line" >>"$FAKE_CALLS"\necho "$line" | grep -q -e "$REFUSE" && exit 1\nexit 0\n',
    0o755,
  );
  host.write('saved/bridges', 'br-int OpenFlow15 controlled\nbr-ex OpenFlow13 \n');
  for (const bridge of ['br-int', 'br-ex'])
    for (const what of ['tlv', 'meters', 'groups', 'flows']) host.write(`saved/${bridge}.${what}`, '');
  host.write('saved/br-int.meters', 'meter=1,kbps,band=type=drop,rate=5\n');
  host.write('saved/br-int.groups', 'group_id=1,type=all\n');
  host.write('saved/br-int.tlv', '{class=0,type=0,len=4}->tun_metadata0\n');
  sockets = await Promise.all(
    ['br-int', 'br-ex'].map((bridge) => listen(join(host.root, `var/run/openvswitch/${bridge}.mgmt`))),
  );
});
afterEach(() => {
  for (const socket of sockets) socket.close();
  host.remove();
});

const restore = (command: readonly string[], which = '', refuse = 'never') =>
  host.sh(command, `ovs_restore "$OVS_ROOT/saved" ${which}`, { REFUSE: refuse });
const flowCalls = () => host.calls().filter((call) => /tlv-map|meter|groups|(replace|add)-flows/.test(call));

describe.each(shells)('under $shell', ({ command }) => {
  test('what flows name is there before them: TLV map, meters, groups, flows, in a bundle where the version has any', () => {
    expect(restore(command, 'controlled').status).toBe(0);
    expect(flowCalls()).toEqual([
      'add-tlv-map br-int {class=0,type=0,len=4}->tun_metadata0',
      'add-meter br-int meter=1,kbps,band=type=drop,rate=5',
      '--bundle add-groups br-int /saved/br-int.groups',
      '--bundle replace-flows br-int /saved/br-int.flows',
    ]);
  });

  test('a bridge of OpenFlow 1.3 is restored without a bundle', () => {
    expect(restore(command, 'uncontrolled').status).toBe(0);
    expect(flowCalls()).toEqual(['replace-flows br-ex /saved/br-ex.flows']);
  });

  test('meters and groups that are there already do not stop it', () => {
    expect(restore(command, 'controlled', 'add-meter\\|^--bundle add-groups.*never').status).toBe(0);
    expect(flowCalls()).toContain('mod-meter br-int meter=1,kbps,band=type=drop,rate=5');
  });

  test('a refused bundle is a failure, yet the flows that can be had are put there', () => {
    const { status, stderr } = restore(command, '', '--bundle replace-flows');
    expect(status).toBe(1);
    expect(stderr).toContain('some flows of br-int were refused');
    expect(flowCalls()).toContain('replace-flows br-int /saved/br-int.flows');
  });

  test('a flow whose flags replace-flows drops is added once more with them, when all flows are there', () => {
    host.write('saved/br-ex.flagged', 'no_packet_counts priority=6 actions=drop\n');
    expect(restore(command, 'uncontrolled').status).toBe(0);
    expect(flowCalls()).toEqual(['replace-flows br-ex /saved/br-ex.flows', 'add-flows br-ex /saved/br-ex.flagged']);
    const { status, stderr } = restore(command, 'uncontrolled', 'add-flows');
    expect(status).toBe(1);
    expect(stderr).toContain('some flags of flows of br-ex were refused');
  });

  test('nobody waits for a daemon that has died', () => {
    host.sh(command, 'rm -r "$OVS_ROOT/proc/102" "$OVS_ROOT"/var/run/openvswitch/*.mgmt');
    const { status, stdout } = host.sh(command, 'sleep() { echo "slept $1"; }; ovs_restore "$OVS_ROOT/saved"');
    expect(status).toBe(1);
    expect(stdout).not.toContain('slept');
    expect(flowCalls()).toEqual([]);
  });
});
