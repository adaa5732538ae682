import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moduleFile } from './elf.ts';
import { kernel, type ModuleHost, moduleHost, ours, stage, withKmod } from './module-host.ts';

let host: ModuleHost;
beforeEach(() => {
  host = moduleHost();
});
afterEach(() => host.remove());

const compiled = (path: string, vermagic: string): void => {
  const file = join(host.root, 'work/src', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, moduleFile({ buildId: ours, info: { vermagic, srcversion: 'A1B2', depends: '' } }));
};
const pack = `ovs_module_pack "$OVS_ROOT/work" kernel-1 ${kernel} "$OVS_ROOT/packed.tar.gz"`;
const unpack = `ovs_module_stage "$OVS_ROOT/packed.tar.gz" ${stage} ${kernel}`;

describe.each(withKmod)('a build of modules, under $shell', ({ command }) => {
  test('is packed with its manifest and lists, and is on the host what it was on the builder', () => {
    for (const name of ['openvswitch', 'vport-vxlan']) compiled(`net/openvswitch/${name}.ko`, `${kernel} SMP `);
    host.write('work/src/net/openvswitch/modules.order', '/build/net/openvswitch/openvswitch.ko\n');
    const { status, stderr } = host.run(command, `${pack} && ${unpack} && ovs_module_staged ${stage}`);
    expect(status, stderr).toBe(0);
    expect(host.run(command, `ovs_module_staged ${stage}`).stdout).toBe('kernel-1\n');
    expect(host.read(`${stage}/manifest`).split('\n')).toEqual([
      expect.stringMatching(new RegExp(`^openvswitch [0-9a-f]{64} A1B2 ${kernel} SMP`)),
      expect.stringMatching(/^vport-vxlan [0-9a-f]{64} A1B2 /),
      '',
    ]);
    expect(host.read(`${stage}/modules.order`)).toContain('openvswitch.ko');
  });

  test('for another kernel is refused by who packs it, and by a host that gets it', () => {
    compiled('openvswitch.ko', '6.1.0-27-amd64 SMP ');
    const packed = host.run(command, pack);
    expect(packed.status).not.toBe(0);
    expect(packed.stderr).toContain(`openvswitch.ko is for kernel 6.1.0-27-amd64, and ${kernel} is wanted`);
    const staged = host.run(command, `tar -C "$OVS_ROOT/work/src" -czf "$OVS_ROOT/packed.tar.gz" . && ${unpack}`);
    expect(staged.status).not.toBe(0);
    expect(host.run(command, `ovs_module_staged ${stage}`).stdout).toBe('none\n');
  });

  test('without the switch itself is none', () => {
    compiled('vport-vxlan.ko', `${kernel} SMP `);
    const { status, stderr } = host.run(command, pack);
    expect(status).not.toBe(0);
    expect(stderr).toContain('there is no openvswitch.ko');
  });

  test.each([
    ['a release', 'ovs_module_configure', "'' 3 3.4", 'there is no datapath/linux in this source'],
    ['a kernel', 'ovs_module_compile_kernel', "''", 'there is no datapath.c in this source'],
  ])(
    'is not compiled from what is not the source of %s, nor without the headers of that kernel',
    (_, compile, words, sentence) => {
      host.write('work/src/README', '');
      const run = (): string => host.run(command, `${compile} "$OVS_ROOT/work/src" ${kernel} ${words}`).stderr;
      expect(run()).toContain(`the headers of kernel ${kernel} are not installed here`);
      host.write(`lib/modules/${kernel}/build/Makefile`, '');
      expect(run()).toContain(sentence);
    },
  );

  test("of a release is configured for those headers, with the Python that it needs, and its module's directory is made", () => {
    const tree = 'work/src/openvswitch-2.17.12';
    host.write(`${tree}/boot.sh`, `#!/bin/sh\necho boot.sh >>"$FAKE_CALLS"\ncp configure.made configure\n`, 0o755);
    host.write(`${tree}/configure.made`, `#!/bin/sh\necho "$PYTHON3 $*" >>"$FAKE_CALLS"\n`, 0o755);
    host.write(`${tree}/datapath/linux/Makefile`, 'modules:\n\techo $(CURDIR) made >>"$(FAKE_CALLS)"\n');
    host.write('fake/bin/python3', '#!/bin/sh\necho Python 3.11.2\n', 0o755);
    host.write('usr/src/arm64/Makefile', '');
    const { status, stderr } = host.run(
      command,
      `ovs_module_configure "$OVS_ROOT/work/src" ${kernel} /usr/src/arm64 3 3.4 KARCH=arm64 &&
       ovs_module_compile_release "$OVS_ROOT/work/src"`,
    );
    expect(status, stderr).toBe(0);
    expect(host.calls()).toEqual([
      'boot.sh',
      `${host.root}/fake/bin/python3 --disable-ssl --with-linux=${host.root}/usr/src/arm64 KARCH=arm64`,
      `${host.root}/${tree}/datapath/linux made`,
    ]);
  });

  test('of a kernel is made out of its tree, with the variables that were given', () => {
    host.write('work/src/net/openvswitch/datapath.c', '');
    host.write(
      `lib/modules/${kernel}/build/Makefile`,
      'modules:\n\techo $(M) $(ARCH) $(CONFIG_OPENVSWITCH) >>"$(FAKE_CALLS)"\n',
    );
    const { status, stderr } = host.run(
      command,
      `ovs_module_compile_kernel "$OVS_ROOT/work/src" ${kernel} '' ARCH=arm64`,
    );
    expect(status, stderr).toBe(0);
    expect(host.calls()).toEqual([`${host.root}/work/src/net/openvswitch arm64 m`]);
  });
});
