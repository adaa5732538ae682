import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kernel, type ModuleHost, moduleHost, ours, stage, theirs, withKmod } from './module-host.ts';

let host: ModuleHost;
beforeEach(() => {
  host = moduleHost();
});
afterEach(() => host.remove());

const both = ['openvswitch', 'vport-vxlan'];
const asWanted = { resolves: 'kernel-1', copies: 'one', depends: 'resolved' };
const inTree = { resolves: 'in-tree', copies: 'one', depends: 'resolved', order: 'none' };
const extra = (name: string): string => `lib/modules/${kernel}/extra/${name}`;
const exists = (path: string): boolean => existsSync(join(host.root, path));
const order = "printf 'override %s * extra\\n' openvswitch vport-vxlan | ovs_module_order_put";

describe.each(withKmod)('what modprobe would load, under $shell', ({ command }) => {
  const onDisk = (place: string) => host.record(command, `ovs_modules_on_disk ${place}`);

  test("on a host as it was set up it is the kernel's own", () => {
    expect(onDisk('in-tree')).toEqual(inTree);
    host.staged(both);
    expect(onDisk(stage)).toEqual({
      ...asWanted,
      resolves: 'openvswitch: kernel/net/openvswitch/openvswitch.ko, srcversion ',
    });
  });

  test('a build that is not staged yet cannot be compared', () => {
    const { status, stdout } = host.run(command, `ovs_modules_on_disk ${stage}`);
    expect({ status, stdout }).toEqual({ status: 75, stdout: 'the modules kernel-1 are staged\n' });
  });

  test('copied into extra/, with their order written, the build wins; done twice it changes nothing', () => {
    host.staged(both);
    const { status, stderr } = host.run(command, `${order} && ovs_modules_copy ${stage} && ovs_modules_copy ${stage}`);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('the modules are installed, unsigned, and this kernel takes it');
    expect(onDisk(stage)).toEqual(asWanted);
    expect(host.read('etc/depmod.d/openvswitch.conf')).toBe(
      'override openvswitch * extra\noverride vport-vxlan * extra\n',
    );
  });

  test('lines that were appended at each run are gone when the order is written whole', () => {
    host.write('etc/depmod.d/openvswitch.conf', 'override openvswitch * extra\n'.repeat(3));
    host.run(command, order);
    expect(host.read('etc/depmod.d/openvswitch.conf').match(/openvswitch \* extra/g)).toHaveLength(1);
  });

  test('a compressed file beside the new one is a competitor, and the copy takes it away', () => {
    host.staged(both);
    host.module('extra/openvswitch.ko.gz', theirs);
    host.module('extra/openvswitch.ko', ours);
    host.module('extra/vport-vxlan.ko', ours);
    host.run(command, order);
    host.depmod();
    expect(onDisk(stage)).toMatchObject({ copies: 'openvswitch: extra/openvswitch.ko extra/openvswitch.ko.gz' });
    host.run(command, `ovs_modules_copy ${stage}`);
    expect(onDisk(stage)).toEqual(asWanted);
    expect(exists(extra('openvswitch.ko.gz'))).toBe(false);
  });

  test('a stale file in updates/, which depmod takes before extra/, is seen by its build id and taken away', () => {
    host.staged(both);
    host.module('updates/openvswitch.ko', '3'.repeat(40));
    host.run(command, `ovs_modules_copy ${stage}; ${order}; ovs__depmod`);
    expect(onDisk(stage)).toEqual(asWanted);
    expect(exists(`lib/modules/${kernel}/updates/openvswitch.ko`)).toBe(false);
  });

  test('files that were copied without depmod are not what modprobe finds', () => {
    host.staged(both);
    host.run(command, order);
    for (const name of both) host.module(`extra/${name}.ko`, ours);
    expect(onDisk(stage)).toMatchObject({ resolves: expect.stringContaining('openvswitch: kernel/net/') });
  });

  test('a dependency that nobody has is told before anything is loaded; one that is part of the kernel is fine', () => {
    host.staged(both, { depends: 'libcrc32c' });
    host.run(command, `${order}; ovs_modules_copy ${stage}`);
    expect(onDisk(stage)).toEqual(asWanted);
    host.staged(both, { depends: 'libcrc32c,nf_conntrack' });
    host.run(command, `ovs_modules_copy ${stage}`);
    expect(onDisk(stage)).toMatchObject({
      depends: 'there is no module nf_conntrack, on which extra/openvswitch.ko depends',
    });
  });

  test("the kernel's own again: nothing of ours is left, and the other state is kept", () => {
    host.staged(both);
    host.run(command, `${order}; ovs_modules_copy ${stage}; ovs_modules_remove`);
    expect(onDisk('in-tree')).toEqual(inTree);
    expect(exists(extra('openvswitch.ko'))).toBe(false);
  });

  test('what was replaced half-way is put back as it was in memory', () => {
    host.module('extra/openvswitch.ko', '3'.repeat(40));
    host.write('etc/depmod.d/openvswitch.conf', 'override openvswitch * extra\n');
    host.depmod();
    host.loaded('openvswitch', '3'.repeat(40));
    host.staged(both);
    // installed twice, the second time with something else in memory than on disk: the first copy stays
    host.run(command, `ovs_modules_copy ${stage}; ovs_modules_copy ${stage}; ovs_modules_put_back`);
    expect(host.record(command, 'printf "id=%s\\n" "$(ovs__file_id "$(ovs__resolved openvswitch)")"')).toEqual({
      id: `build ${'3'.repeat(40)} source -`,
    });
    expect(exists(extra('vport-vxlan.ko'))).toBe(false);
    expect(host.read('etc/depmod.d/openvswitch.conf')).toBe('override openvswitch * extra\n');
  });

  test('a staged build is whole, and for this kernel', () => {
    const staged = (): string => host.run(command, `ovs_module_staged ${stage}`).stdout.trim();
    expect(staged()).toBe('none');
    host.staged(both);
    expect(staged()).toBe('kernel-1');
    host.staged(['openvswitch'], { vermagic: '6.1.0-27-amd64 SMP mod_unload ' });
    expect(staged()).toBe(`for another kernel: openvswitch.ko is for 6.1.0-27-amd64, and ${kernel} runs`);
    host.staged(both);
    host.write(`${stage}/openvswitch.ko`, 'half');
    expect(staged()).toBe('broken: openvswitch.ko is not the one of the manifest');
  });
});

describe.each(withKmod)('the way by the kernel’s own target, under $shell', ({ command }) => {
  const can = (): string => host.run(command, `ovs_can_modules_install ${stage}`).stdout.trim();

  test('needs the headers of the kernel that runs', () => {
    expect(can()).toMatch(/^there is no .*\/build$/);
    symlinkSync('/usr/src/linux-headers-gone', join(host.root, `lib/modules/${kernel}/build`));
    expect(can()).toMatch(/points at nothing: the headers of 6\.1\.0-28-amd64 are not installed/);
  });

  test('its status is no proof: a make that says nothing and does nothing leaves the host as it was read', () => {
    host.staged(both);
    host.write(
      `lib/modules/${kernel}/build/Makefile`,
      'modules_install:\n\t@echo "At main.c:171:"\n\t@echo "- SSL error:10000080:BIO routines::no such file: ../crypto/bio/bss_file.c:75"\n',
    );
    const { status, stderr } = host.run(command, `ovs_modules_install ${stage}`);
    expect(status).toBe(0);
    expect(stderr).toContain('has no key to sign with');
    expect(host.record(command, `ovs_modules_on_disk ${stage}`)).toMatchObject({
      resolves: expect.stringContaining('openvswitch: kernel/net/'),
    });
  });
});

describe.each(withKmod)('GRE beside the module of a release, under $shell', ({ command }) => {
  const note = (of: string): string => host.run(command, 'ovs_gre_note', { OVS_KERNEL: of }).stdout.trim();
  const builtIn = (of: string): void => host.write(`lib/modules/${of}/modules.builtin`, 'kernel/net/ipv4/ip_gre.ko\n');

  test.each([
    ['3.10.0-693.11.1.el7.x86_64', true],
    ['3.2.0-4-amd64', true],
    ['3.9-1-amd64', true],
    ['3.11.0-12-generic', false],
    ['3.16.0-4-amd64', false],
    ['6.1.0-28-amd64', false],
  ])('on kernel %s: told %s', (of, told) => {
    expect(note(of)).toBe('');
    builtIn(of);
    expect(note(of).startsWith('ip_gre is a part of this kernel: ')).toBe(told);
    host.write('sys/module/ip_gre/refcnt', '0\n');
    expect(note(of).startsWith('ip_gre is in memory: ')).toBe(told);
  });
});
