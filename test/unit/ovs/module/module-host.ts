import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type FakeHost, fakeHost, type Run, shells } from '../fake-host.ts';
import { buildIdNote, moduleFile } from './elf.ts';

/**
 * busybox runs a modinfo, an insmod and an ip of its own, which say other things, and look at the real machine: no hypervisor has
 * only those.
 */
export const withKmod = shells.filter(({ shell }) => shell !== 'busybox');

export const kernel = '6.1.0-28-amd64';
export const stage = '/opt/ovsfleet/modules/kernel-1';
export const theirs = '1'.repeat(40);
export const ours = '2'.repeat(40);

export interface ModuleHost extends FakeHost {
  /** A module's file below /lib/modules of the kernel that runs, compressed when its name ends in .gz. */
  readonly module: (path: string, buildId: string, info?: Readonly<Record<string, string>>) => void;
  /** A build of modules, staged. */
  readonly staged: (names: readonly string[], info?: Readonly<Record<string, string>>) => void;
  /** What is in memory. */
  readonly loaded: (name: string, buildId: string) => void;
  readonly depmod: () => void;
  readonly run: (command: readonly string[], script: string, env?: Readonly<Record<string, string>>) => Run;
  /** The record that a script prints. */
  readonly record: (command: readonly string[], script: string) => Readonly<Record<string, string>>;
}

const vermagic = `${kernel} SMP preempt mod_unload modversions `;

/** A host with a kernel and its own switch; the programs that look at modules are the real ones. */
export const moduleHost = (): ModuleHost => {
  const host = fakeHost();
  const put = (path: string, bytes: Buffer): void => {
    const file = join(host.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  };
  const file = (buildId: string, info: Readonly<Record<string, string>> = {}): Buffer =>
    moduleFile({ buildId, info: { depends: '', vermagic, ...info } });
  const run: ModuleHost['run'] = (command, script, env = {}) =>
    host.sh(command, script, { OVS_KERNEL: kernel, ...env });
  const module: ModuleHost['module'] = (path, buildId, info) => {
    const bytes = file(buildId, info);
    put(`lib/modules/${kernel}/${path}`, path.endsWith('.gz') ? gzipSync(bytes) : bytes);
  };
  host.write('proc/modules', '');
  host.write(`lib/modules/${kernel}/modules.order`, '');
  host.write(`lib/modules/${kernel}/modules.builtin`, 'kernel/lib/libcrc32c.ko\n');
  for (const name of ['openvswitch', 'vport-vxlan']) module(`kernel/net/openvswitch/${name}.ko`, theirs);
  const depmod = (): void => {
    run(['dash'], 'ovs__depmod');
  };
  depmod();
  return {
    ...host,
    module,
    depmod,
    run,
    staged: (names, info) => {
      const lines = names.map((name) => {
        const bytes = file(ours, info);
        put(`${stage}/${name}.ko`, bytes);
        const sum = createHash('sha256').update(bytes).digest('hex');
        return `${name} ${sum} ${info?.['srcversion'] ?? '-'} ${info?.['vermagic'] ?? vermagic}`;
      });
      host.write(`${stage}/manifest`, `${lines.join('\n')}\n`);
      host.write(`${stage}/.build-id`, 'kernel-1\n');
    },
    loaded: (name, buildId) =>
      put(`sys/module/${name.replaceAll('-', '_')}/notes/.note.gnu.build-id`, buildIdNote(buildId)),
    record: (command, script) =>
      Object.fromEntries(
        run(command, script)
          .stdout.split('\n')
          .filter((line) => line.includes('='))
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
  };
};
