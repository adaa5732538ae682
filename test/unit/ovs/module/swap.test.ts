import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ModuleHost, moduleHost, ours, stage, theirs, withKmod } from './module-host.ts';

let host: ModuleHost;
beforeEach(() => {
  host = moduleHost();
  host.staged(['openvswitch', 'vport-vxlan']);
  host.loaded('openvswitch', theirs);
  for (const tool of ['insmod', 'modprobe', 'rmmod', 'ip'])
    host.write(`fake/bin/${tool}`, `#!/bin/sh\necho "${tool} $*" | sed "s|$OVS_ROOT||" >>"$FAKE_CALLS"\n`, 0o755);
  host.write(
    'fake/bin/rmmod',
    '#!/bin/sh\necho "rmmod $1" >>"$FAKE_CALLS"\nrm -r "$OVS_ROOT/sys/module/$(printf %s "$1" | tr - _)"\n',
    0o755,
  );
});
afterEach(() => host.remove());

/** What is captured of a switch that runs. */
const capture = `TX=$OVS_ROOT/tx; mkdir -p "$TX/ovs/module/old"; echo found >"$TX/ovs/from"; : >"$TX/ovs/module/captured"
  cp "$(ovs__resolved openvswitch)" "$TX/ovs/module/old/openvswitch.ko"
  echo openvswitch >"$TX/ovs/module/loaded"
`;
/** Its daemons and its one datapath; who works on it is written down. */
const switched = `TX=$OVS_ROOT/tx
  ovs__context() { OVS_OWNER=debian; }; ovs__busy() { :; }; ovs__side() { SIDE_BIN=/usr/bin; }
  ovs__begin_undo() { :; }; ovs__release_of_tool() { echo "\${RELEASE:-3.1.0}"; }
  ovs__stop() { echo "stop $1" >>"$FAKE_CALLS"; }
  ovs__dpctl() { case $1 in dump-dps) echo system@ovs-system ;; *) echo "dpctl $*" >>"$FAKE_CALLS" ;; esac; }
`;
const captured = `${capture}${switched}`;

describe.each(withKmod)('an exchange of the module, under $shell', ({ command }) => {
  test('goes in this order: the switch, its datapath, the tunnels’ devices, the old modules, the new one', () => {
    host.loaded('vport-vxlan', theirs);
    host.write('sys/class/net/vxlan_sys_4789/address', '');
    host.write('sys/class/net/flannel.1/address', '');
    const { status, stderr } = host.run(command, `${captured} ovs_exchange_modules ${stage} found`);
    expect(status, stderr).toBe(0);
    expect(host.calls()).toEqual([
      'stop ovs-vswitchd',
      'dpctl del-dp system@ovs-system',
      'ip link del vxlan_sys_4789',
      'rmmod vport-vxlan',
      'rmmod openvswitch',
      `insmod ${stage}/openvswitch.ko`,
    ]);
  });

  test('where modprobe would take the very file, it does', () => {
    host.run(command, `printf 'override openvswitch * extra\\n' | ovs_module_order_put; ovs_modules_copy ${stage}`);
    host.run(command, `${captured} ovs_exchange_modules ${stage} found`);
    expect(host.calls().at(-1)).toBe('modprobe openvswitch');
  });

  test.each([
    [
      '2.8.1',
      ['insmod /opt/ovsfleet/modules/kernel-1/openvswitch.ko', 'insmod /opt/ovsfleet/modules/kernel-1/vport-vxlan.ko'],
    ],
    ['2.8.2', ['insmod /opt/ovsfleet/modules/kernel-1/openvswitch.ko']],
  ])('release %s: vports that were loaded', (release, inserted) => {
    host.loaded('vport-vxlan', theirs);
    host.run(
      command,
      `${captured} ovs__loaded_names >"$TX/ovs/module/loaded"; RELEASE=${release} ovs_exchange_modules ${stage} found`,
      {
        RELEASE: release,
      },
    );
    expect(host.calls().filter((call) => call.startsWith('insmod'))).toEqual(inserted);
  });

  test('a module that does not go is said, and nothing is loaded over it', () => {
    host.write('fake/bin/sleep', '#!/bin/sh\n', 0o755);
    host.write('fake/bin/rmmod', '#!/bin/sh\necho "rmmod: ERROR: Module openvswitch is in use" >&2\nexit 1\n', 0o755);
    const { status, stderr } = host.run(command, `${captured} ovs_exchange_modules ${stage} found`);
    expect(status).not.toBe(0);
    expect(stderr).toContain('module openvswitch does not go: rmmod: ERROR: Module openvswitch is in use');
    expect(host.calls().filter((call) => /insmod|modprobe/.test(call))).toEqual([]);
  });

  test('its undo: disk first, then the old module from its copy; a second time there is nothing left to do', () => {
    host.run(command, `${capture} : >"$TX/ovs/module/began"`);
    host.run(command, `printf 'override openvswitch * extra\\n' | ovs_module_order_put; ovs_modules_copy ${stage}`);
    host.loaded('openvswitch', ours);
    const undo = `${switched} ovs_module_undo`;
    // what modprobe loads is what the fake puts in memory: the first time it does not come, which is told
    const first = host.run(command, undo);
    expect(first.status).not.toBe(0);
    expect(first.stderr).toContain('the modules of before are not in memory');
    expect(host.calls()).toEqual([
      'stop ovs-vswitchd',
      'dpctl del-dp system@ovs-system',
      'rmmod openvswitch',
      'modprobe openvswitch',
    ]);
    expect(existsSync(join(host.root, 'etc/depmod.d/openvswitch.conf'))).toBe(false);
    host.loaded('openvswitch', theirs);
    expect(host.run(command, undo).status).toBe(0);
    expect(host.calls()).toHaveLength(4);
  });

  test('a module in memory that is nowhere on disk could not be put back: refused, with the other way', () => {
    host.loaded('openvswitch', '9'.repeat(40));
    const { stdout } = host.run(
      command,
      `${captured} ovs_interface_objections() { :; }; ovs_module_trial() { :; }; ovs_module_swap_objections ${stage}`,
    );
    expect(stdout).toBe(
      'the module openvswitch in memory is no longer on this host as a file, so it could not be put back: reboot instead (-e now=reboot)\n',
    );
  });

  test('vports with tunnels of their own are refused where others use the kernel’s; those that only connect are not', () => {
    host.write(
      'fake/bin/ip',
      `#!/bin/sh\ncase "$*" in *'type vxlan') echo '7: flannel.1: <UP>'; echo '8: vxlan_sys_4789: <UP>' ;; esac\n`,
      0o755,
    );
    const objections = (): string => host.run(command, `ovs__tunnel_objections ${stage}`).stdout;
    expect(objections()).toBe(
      "vxlan device flannel.1 is not Open vSwitch's, and uses a module of the kernel that would have to go: these modules bring their own\n",
    );
    host.staged(['openvswitch', 'vport-vxlan'], { depends: 'openvswitch,vxlan' });
    expect(objections()).toBe('');
  });

  const starting = `${captured} mkdir -p "$OVS_ROOT/var/run/openvswitch"; OVS_RUNDIR=/var/run/openvswitch
    ovs_restore() { echo "restore $2" >>"$FAKE_CALLS"; }
    ovs__clear_flag() { echo 'clear flow-restore-wait' >>"$FAKE_CALLS"; [ -z "$REFUSE" ]; }
    ovs_interfaces_restore() { echo 'internal ports' >>"$TX/ports"; }
    ovs__start() { until [ -e "$TX/ports" ] && [ -e "$TX/ovs/forwards" ] || [ -n "$REFUSE" ]; do sleep 0.02; done; }
    began() { : >"$TX/ovs/module/began"; }
  `;

  test('guests are served again while the start has not returned yet, and nothing of that is done twice', () => {
    const { status, stderr } = host.run(command, `${starting} began; ovs_restart_switch found && ovs_restore_flows`);
    expect(status, stderr).toBe(0);
    expect(host.calls()).toEqual(['restore uncontrolled', 'clear flow-restore-wait', 'restore controlled']);
    expect(host.read('tx/ports')).toBe('internal ports\n');
  });

  test('what came too early is done again once the switch runs', () => {
    const script = `${starting} began; REFUSE=1; ovs_restart_switch found || exit 1; REFUSE=; ovs_restore_flows`;
    expect(host.run(command, script).status).toBe(0);
    expect(host.calls()).toEqual([
      'restore uncontrolled',
      'clear flow-restore-wait',
      'clear flow-restore-wait',
      'restore controlled',
    ]);
  });

  test('without an exchange of the module flow-restore-wait stays until the start has returned: the kernel forwards meanwhile', () => {
    const script = `${starting} ovs__start() { echo start >>"$FAKE_CALLS"; }; ovs_restart_switch found && ovs_restore_flows`;
    expect(host.run(command, script).status).toBe(0);
    expect(host.calls().toSorted()).toEqual(
      [
        'stop ovs-vswitchd',
        'start',
        'restore uncontrolled',
        'clear flow-restore-wait',
        'restore controlled',
      ].toSorted(),
    );
    expect(host.calls().slice(-2)).toEqual(['clear flow-restore-wait', 'restore controlled']);
  });

  test('is not begun by `load` where a switch runs with another module', () => {
    host.daemon('ovs-vswitchd', {
      pid: 102,
      exe: '/usr/sbin/ovs-vswitchd',
      unit: 'ovs-vswitchd.service',
      words: ['ovs-vswitchd'],
    });
    const { status, stderr } = host.run(command, `ovs_module_load ${stage}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain('another module is in memory, and ovs-vswitchd runs with it: openvswitch in-tree');
    expect(host.calls()).toEqual([]);
  });
});
