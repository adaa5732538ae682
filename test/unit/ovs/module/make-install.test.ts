import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ModuleChoice } from '../../../../src/ovs/module/choice.ts';
import { modulesInstalled } from '../../../../src/ovs/module/installed.ts';
import { applyBatch } from '../../../../src/shell/index.ts';
import { lockOf, nonce, type Sandbox, sandbox } from '../../shell/support/sandbox.ts';
import { shells } from '../../shell/support/shells.ts';
import { libraryFile } from '../fake-host.ts';
import { kernel, type ModuleHost, moduleHost, ours, stage, theirs } from './module-host.ts';

const choice: ModuleChoice = {
  kind: 'ours',
  unproven: null,
  build: {
    id: 'kernel-1',
    platform: 'debian-12-x86_64',
    source: { from: 'kernel', file: '/srv/module.tar.gz', sha256: 'b'.repeat(64) },
    kernel,
    directory: stage,
    headers: '',
    options: [],
    crossFrom: '',
  },
};

/** The steps of the playbook, as a host gets them. */
const program = applyBatch(
  modulesInstalled(choice).flatMap((node) =>
    node.kind === 'step'
      ? [{ read: node.read, want: node.want, ways: node.ways, withinSeconds: 0, limitSeconds: 600 }]
      : [],
  ),
  { nonce, libraries: (name) => readFileSync(libraryFile(name), 'utf8'), lock: lockOf('run-1') },
);

let place: Sandbox;
let host: ModuleHost;
beforeAll(async () => {
  place = await sandbox();
});
afterAll(() => place.close());
beforeEach(() => {
  host = moduleHost();
  host.staged(['openvswitch', 'vport-vxlan']);
});
afterEach(() => host.remove());

const both = ['openvswitch', 'vport-vxlan'] as const;

/** A build of the kernel whose target does this with the host's modules. */
const target = (...commands: readonly string[]): void =>
  host.write(
    `lib/modules/${kernel}/build/Makefile`,
    `modules_install:\n${commands.map((command) => `\t@${command}\n`).join('')}`,
  );
const moduleDirectory = (): string => join(host.root, 'lib/modules', kernel);
const copies = (from: string): readonly string[] => [
  `mkdir -p ${moduleDirectory()}/extra`,
  ...both.map((name) => `cp ${join(host.root, from)}/${name}.ko ${moduleDirectory()}/extra/`),
];
const says = (text: string): void => host.write('fake/said', `${text}\n`);
const saying = (): string => `cat ${join(host.root, 'fake/said')}`;

/** busybox has a modinfo of its own, which looks at the real machine. */
const real = shells.filter(({ name }) => !name.startsWith('busybox'));

describe.each(real)('make modules_install, under $name', (shell) => {
  /** Which ways were gone, how the second step ended, and all that was printed. */
  const install = async () => {
    const ran = await place.run(shell, program, {
      OVS_ROOT: host.root,
      OVS_KERNEL: kernel,
      PATH: `${host.root}/fake/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    });
    const told = ran.told.filter((line) => /^(way|changed|ok|failed|unproven) 1\b/.test(line));
    return { ways: told.filter((line) => line.startsWith('way')), last: told.at(-1), all: ran.told.join('\n') };
  };
  const proven = 'changed 1 resolves=kernel-1\ncopies=one\ndepends=resolved';

  test.each([
    ['the perl of kernels before 4.3', "Can't read private key"],
    [
      'the program with OpenSSL 1',
      'At main.c:158:\n- SSL error:02001002:system library:fopen:No such file or directory: bss_file.c:175\nsign-file: certs/signing_key.pem: No such file or directory',
    ],
    [
      'the program with OpenSSL 3',
      'At main.c:171:\n- SSL error:FFFFFFFF80000002:system library::No such file or directory: ../crypto/bio/bss_file.c:67\nsign-file: ./certs/signing_key.pem',
    ],
  ])('that could not sign, as %s says it, and has installed them is enough', async (_, text) => {
    says(text);
    target(...copies(stage), saying());
    const { ways, last, all } = await install();
    expect(ways).toEqual(['way 1 1']);
    expect(last).toBe(proven);
    expect(all).toContain("the kernel's build has no key to sign with");
    expect(all).toContain('the modules are installed, unsigned, and this kernel takes it');
  });

  test.each<[string, () => readonly string[]]>([
    ['ends well and installs nothing', () => ['true']],
    ['says that it could not sign, ends well and installs nothing', () => [saying()]],
    ['ends well and installs other modules', () => copies('fake/other')],
    ['fails before it has installed any', () => ['exit 2']],
  ])('that %s is no proof: they are copied', async (_, commands) => {
    says("Can't read private key");
    for (const name of both) host.module(`../../../fake/other/${name}.ko`, theirs);
    target(...commands());
    const { ways, last } = await install();
    expect(ways.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual(['way 1 1', 'way 1 2']);
    expect(last).toBe(proven);
    expect(host.record(['dash'], 'printf "id=%s\\n" "$(ovs__file_id "$(ovs__resolved openvswitch)")"')).toEqual({
      id: `build ${ours} source -`,
    });
  });

  test('that fails is told with its status, and they are copied', async () => {
    target('exit 2');
    const { last, all } = await install();
    expect(all).toContain('make modules_install ended with status 2');
    expect(last).toBe(proven);
  });
});
