import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shells } from '../fake-host.ts';
import { type ModuleHost, moduleHost, ours, stage, theirs, withKmod } from './module-host.ts';

let host: ModuleHost;
beforeEach(() => {
  host = moduleHost();
});
afterEach(() => host.remove());

describe.each(shells)('what is in memory, under $shell', ({ command }) => {
  const memory = (place: string): string => host.run(command, `ovs_modules_in_memory ${place}`).stdout.trim();

  test('nothing', () => {
    host.staged(['openvswitch']);
    expect(memory(stage)).toBe('loaded=none');
  });

  test('is told by build id, not by where modprobe would look', () => {
    host.staged(['openvswitch']);
    host.loaded('openvswitch', theirs);
    expect(memory(stage)).toBe('loaded=openvswitch in-tree');
    expect(memory('in-tree')).toBe('loaded=in-tree');
    host.loaded('openvswitch', ours);
    expect(memory(stage)).toBe('loaded=kernel-1');
    expect(memory('in-tree')).toBe('loaded=openvswitch kernel-1');
    host.loaded('openvswitch', '9'.repeat(40));
    host.write('sys/module/openvswitch/version', '2.17.12\n');
    expect(memory(stage)).toBe('loaded=openvswitch 2.17.12');
  });

  test('an old vport beside the new switch is not the new build', () => {
    host.staged(['openvswitch', 'vport-vxlan']);
    host.loaded('openvswitch', ours);
    host.loaded('vport-vxlan', theirs);
    expect(memory(stage)).toBe('loaded=vport-vxlan in-tree');
  });

  test.each([
    ['the same build', `build ${ours} source -`, `build ${ours} source A`, 0],
    ['another build', `build ${ours} source -`, `build ${theirs} source -`, 1],
    ['a kernel without build ids, the same source', 'build - source A', `build ${ours} source A`, 0],
    ['the same build id with another source: one of them lies', `build ${ours} source A`, `build ${ours} source B`, 1],
    ['nothing in common', 'build - source A', `build ${ours} source -`, 1],
  ])('%s', (_, one, other, status) => {
    expect(host.run(command, `ovs__same_id '${one}' '${other}'`).status).toBe(status);
  });
});

/** What kernels have printed, per signer; and what is no trouble of that kind. */
const printed = [
  ['perl (3.7 to 4.2)', "  INSTALL /root/openvswitch-2.9.0/datapath/linux/openvswitch.ko\nCan't read private key", 0],
  ['perl, certificate', "Can't read X.509 certificate", 0],
  ['perl, openssl', 'openssl rsautl died: 1', 0],
  [
    'C with OpenSSL 1',
    'At main.c:158:\n- SSL error:02001002:system library:fopen:No such file or directory: bss_file.c:175\nsign-file: certs/signing_key.pem: No such file or directory',
    0,
  ],
  [
    'C with OpenSSL 1, another line of main.c',
    'At main.c:222:\n- SSL error:2006D080:BIO routines:BIO_new_file:no such file: crypto/bio/bss_file.c:79',
    0,
  ],
  [
    'C with OpenSSL 3',
    'At main.c:171:\n- SSL error:FFFFFFFF80000002:system library::No such file or directory: ../crypto/bio/bss_file.c:67\nsign-file: ./output/signing_key.pem',
    0,
  ],
  ['no signer at all', '/bin/sh: 1: scripts/sign-file: not found', 0],
  ['a module that was signed', '  SIGN    /lib/modules/6.1.0/extra/openvswitch.ko', 1],
  ['a missing System.map', "Warning: modules_install: missing 'System.map' file. Skipping depmod.", 1],
] as const;

describe.each(withKmod)('signatures, under $shell', ({ command }) => {
  test.each(printed)('%s', (_, text, status) => {
    host.write('fake/log', `${text}\n`);
    expect(host.run(command, 'ovs_signing_trouble <"$OVS_ROOT/fake/log"').status).toBe(status);
  });

  test.each([
    ['takes all', 'N', 'none [none] integrity', ''],
    ['enforces signatures', 'Y', '', 'it enforces signatures'],
    ['is locked down', 'N', 'none [integrity] confidentiality', 'it is locked down (integrity)'],
    ['is locked down further', 'N', 'none integrity [confidentiality]', 'it is locked down (confidentiality)'],
  ])('a kernel that %s', (_, enforce, lockdown, sentence) => {
    host.write('sys/module/module/parameters/sig_enforce', `${enforce}\n`);
    host.write('sys/kernel/security/lockdown', `${lockdown}\n`);
    host.staged(['openvswitch']);
    const objections = host.run(command, `ovs_module_objections ${stage}`).stdout;
    if (sentence === '') expect(objections).toBe('');
    else {
      expect(objections).toContain(sentence);
      expect(objections).toContain('these are not signed');
    }
    expect(host.run(command, `ovs_module_objections in-tree`).stdout).toBe('');
  });

  test('three verdicts', () => {
    const verdict = (): string =>
      host.run(command, `ovs_module_verdict "$OVS_ROOT${stage}/openvswitch.ko"`).stdout.trim();
    host.staged(['openvswitch']);
    expect(verdict()).toBe('unsigned, and this kernel takes it');
    host.write('sys/module/module/parameters/sig_enforce', 'Y\n');
    expect(verdict()).toMatch(/^unsigned, and this kernel does not take it: it enforces/);
    host.staged(['openvswitch'], { signer: 'our fleet' });
    expect(verdict()).toBe('signed by our fleet');
  });

  test.each([
    ['File exists', ''],
    ['Key was rejected by service', 'not signed with a key that the kernel trusts'],
    ['Required key not available', 'not signed with a key that the kernel trusts'],
    ['Operation not permitted', 'locked down'],
    ['Invalid module format', 'built for another kernel'],
    ['Unknown symbol in module', 'a symbol that this kernel does not have'],
    ['Cannot allocate memory', 'Cannot allocate memory'],
  ])('a trial beside the module in memory that ends in "%s"', (answer, sentence) => {
    host.loaded('openvswitch', theirs);
    host.staged(['openvswitch']);
    host.write(
      'fake/bin/insmod',
      `#!/bin/sh\necho "insmod: ERROR: could not insert module $1: ${answer}" >&2\nexit 1\n`,
      0o755,
    );
    const { stdout } = host.run(command, `ovs_module_trial "$OVS_ROOT${stage}/openvswitch.ko"`);
    if (sentence === '') expect(stdout).toBe('');
    else expect(stdout).toContain(sentence);
  });

  test('without a module in memory nothing is tried: it would be loaded', () => {
    host.staged(['openvswitch']);
    host.write('fake/bin/insmod', `#!/bin/sh\necho tried >>"$FAKE_CALLS"\n`, 0o755);
    host.run(command, `ovs_module_trial "$OVS_ROOT${stage}/openvswitch.ko"`);
    expect(host.calls()).toEqual([]);
  });
});
