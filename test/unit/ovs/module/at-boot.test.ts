import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseFacts } from '../../../../src/facts/index.ts';
import { type BootWay, bootText, modulesAtBoot } from '../../../../src/ovs/module/at-boot.ts';
import { shells } from '../fake-host.ts';
import { type ModuleHost, moduleHost } from './module-host.ts';

let host: ModuleHost;
beforeEach(() => {
  host = moduleHost();
});
afterEach(() => host.remove());

const script = 'etc/sysconfig/modules/ovs.modules';
const list = 'etc/modules-load.d/openvswitch.conf';

describe.each(shells)('loading at boot, under $shell', ({ command }) => {
  const atBoot = (modules = 'gre openvswitch') =>
    host.record(command, `ovs_modules_at_boot '${bootText('sysconfig', modules.split(' '))}'`);
  const load = (way: Exclude<BootWay, 'auto'>, modules: string) =>
    host.run(command, `ovs_load_at_boot ${way} '${bootText(way, modules.split(' '))}'`);

  test("systemd's list is one module a line, and no script", () => {
    expect(atBoot()).toEqual({ 'modules-load.d': 'none', sysconfig: 'none' });
    load('modules-load.d', 'gre openvswitch');
    expect(atBoot()).toEqual({ 'modules-load.d': 'gre openvswitch', sysconfig: 'none' });
    expect(host.read(list).split('\n').slice(1)).toEqual(['gre', 'openvswitch', '']);
    expect(host.read(list)).not.toContain('#!');
  });

  test('a script that nothing runs is not written', () => {
    const { status, stderr } = load('sysconfig', 'openvswitch');
    expect(status).not.toBe(0);
    expect(stderr).toContain('nothing runs /etc/sysconfig/modules at boot here');
    expect(existsSync(join(host.root, script))).toBe(false);
  });

  test('where a unit runs that directory the script begins as a script must, is executable, and takes the place of the list', () => {
    host.write(
      'usr/lib/systemd/system/rhel-loadmodules.service',
      'ConditionDirectoryNotEmpty=|/etc/sysconfig/modules\n',
    );
    load('modules-load.d', 'openvswitch');
    load('sysconfig', 'gre openvswitch');
    expect(atBoot()).toEqual({ 'modules-load.d': 'none', sysconfig: 'gre openvswitch' });
    expect(host.read(script)).toMatch(/^#!\/bin\/sh\n/);
    host.write(script, host.read(script), 0o644);
    expect(atBoot()).toMatchObject({ sysconfig: 'not executable: gre openvswitch' });
  });

  test('a script that somebody has changed, or that was made of an older template, is not taken for the one that it should be', () => {
    host.write('etc/rc.d/rc.sysinit', 'for file in /etc/sysconfig/modules/*.modules ; do\n');
    load('sysconfig', 'gre openvswitch');
    host.write(script, host.read(script).replace('continue', 'break'), 0o755);
    expect(atBoot()).toMatchObject({ sysconfig: 'another script of ours: gre openvswitch' });
    load('sysconfig', 'gre openvswitch');
    expect(atBoot()).toMatchObject({ sysconfig: 'gre openvswitch' });
    expect(atBoot('openvswitch')).toMatchObject({ sysconfig: 'another script of ours: gre openvswitch' });
  });

  test('the script loads in the order given and leaves out what the kernel does not have', () => {
    host.write('etc/rc.d/rc.sysinit', 'for file in /etc/sysconfig/modules/*.modules ; do\n');
    load('sysconfig', 'gre openvswitch vport-lisp vport-vxlan');
    host.write('fake/bin/modinfo', '#!/bin/sh\n[ "$1" != vport-lisp ]\n', 0o755);
    host.write('fake/bin/modprobe', '#!/bin/sh\necho "$1" >>"$FAKE_CALLS"\n', 0o755);
    const { status } = host.run(['dash'], `exec "$OVS_ROOT/${script}"`);
    expect({ status, calls: host.calls() }).toEqual({ status: 0, calls: ['gre', 'openvswitch', 'vport-vxlan'] });
  });

  test("the hand procedure's script, without its #, is somebody else's: replaced, and kept aside", () => {
    host.write('etc/rc.d/rc.sysinit', 'for file in /etc/sysconfig/modules/*.modules ; do\n');
    host.write(script, '!/bin/sh\nmodprobe openvswitch\n', 0o755);
    expect(atBoot()).toMatchObject({ sysconfig: "somebody else's script" });
    load('modules-load.d', 'openvswitch');
    expect(atBoot()).toEqual({ 'modules-load.d': 'openvswitch', sysconfig: 'none' });
    expect(host.read('var/lib/ovsfleet/modules/boot-before/ovs.modules')).toContain('!/bin/sh');
  });
});

describe('which modules, and in which of the two lists', () => {
  const facts = (init: string) =>
    parseFacts(`ID=centos\nVERSION_ID=7\nkernel=3.10.0\narch=x86_64\ninit=${init}\novs.owner=none\n`, 'hv01');
  const vports = 'gre libcrc32c openvswitch vport-geneve vport-gre vport-lisp vport-stt vport-vxlan';

  test.each([
    ['2.8.1', 'systemd', 'auto', `modules-load.d=${vports}\nsysconfig=none`],
    ['2.8.2', 'systemd', 'auto', 'modules-load.d=openvswitch\nsysconfig=none'],
    ['2.17.12', 'systemd', 'auto', 'modules-load.d=openvswitch\nsysconfig=none'],
    ['3.6.0', 'systemd', 'auto', 'modules-load.d=openvswitch\nsysconfig=none'],
    ['', 'systemd', 'auto', 'modules-load.d=openvswitch\nsysconfig=none'],
    ['2.5.12', 'other', 'auto', `modules-load.d=none\nsysconfig=${vports}`],
    ['2.17.12', 'systemd', 'sysconfig', 'modules-load.d=none\nsysconfig=openvswitch'],
  ] as const)('release "%s", process 1 %s, %s', (version, init, way, want) => {
    expect(modulesAtBoot(version, way, facts(init)).want).toBe(want);
  });
});
