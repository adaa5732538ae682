import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installMachineTools, type Machine, startMachine } from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { type Controller, controller, eventsOf, outcomes } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, wordsOf } from '../kernel/ask.ts';
import { groundOf } from '../kernel/ground.ts';
import { inMemory } from '../kernel/look.ts';

/** What no other module of these proofs has. */
const VERSION = '9.9.7';
const hostsOf = (inventory: string): string => /^ {2}hosts:\n((?: {4}.*\n)+)/m.exec(inventory)?.[1] ?? '';

/** The kernel's directory net/openvswitch as somebody would pack it: sources, and nothing compiled. */
const packSource = async (modules: string, directory: string): Promise<string> => {
  const tree = join(directory, 'openvswitch');
  await mkdir(tree);
  execFileSync('tar', ['-xzf', modules, '-C', tree]);
  for (const name of await readdir(tree)) if (!/\.[ch]$|^Kconfig$|^Makefile$/.test(name)) await rm(join(tree, name));
  const datapath = join(tree, 'datapath.c');
  const source = (await readFile(datapath, 'utf8')).replace(
    /MODULE_VERSION\("[^"]*"\)/,
    `MODULE_VERSION("${VERSION}")`,
  );
  await writeFile(datapath, source);
  const packed = join(directory, 'net-openvswitch.tar.gz');
  execFileSync('tar', ['-czf', packed, '-C', directory, 'openvswitch']);
  return packed;
};

describe("modules are compiled from the kernel's own source by a machine with its headers, for another one", () => {
  let directory: string;
  let builder: Machine;
  let host: Machine;
  let operator: Controller;
  let store: string;

  beforeAll(async () => {
    await installMachineTools(log);
    directory = await mkdtemp(join(tmpdir(), 'modules-'));
    store = join(directory, 'store');
    builder = await startMachine({ name: ownName('builder'), image: 'vmpkg', number: 5, keep: false, log });
    host = await startMachine({ name: ownName('host'), image: 'vmpkg', number: 4, keep: false, log });
    // It could compile nothing itself.
    await host.say('rm "$(command -v make)"; rm -rf /usr/src/linux-headers-* /usr/src/openvswitch-module*');
    const inventory = join(directory, 'inventory.yaml');
    const entries = await Promise.all([builder, host].map(({ inventoryFile }) => readFile(inventoryFile, 'utf8')));
    await writeFile(
      inventory,
      `all:\n  hosts:\n${entries.map(hostsOf).join('')}  children:\n    builders:\n      hosts:\n        ${builder.name}: {}\n    hypervisors:\n      hosts:\n        ${host.name}: {}\n`,
    );
    operator = await controller({ ...groundOf(host), inventoryFile: inventory }, 'operator', {
      store,
      limitMs: 3_000_000,
    });
  }, HOUR);
  afterAll(async () => {
    await builder?.remove();
    await host?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  test('once, kept with what each module is, and what the other one then has in memory', async () => {
    const source = await builtModules(await packSource(host.image.modules, directory));
    const words = Object.entries({ ...source, module_from: 'kernel', now: 'load' }).flatMap(([name, value]) => [
      '-e',
      `${name}=${value}`,
    ]);
    // Only then is `load` enough.
    await host.say('systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server; modprobe -r openvswitch');
    const run = await operator.run(['run', 'playbooks/modules.ts', '--no-type-check', ...words]);
    expect(run.code, wordsOf(run)).toBe(0);
    expect(outcomes(run.events)).toEqual({ [builder.name]: 'changed', [host.name]: 'changed' });
    const made = eventsOf(run.events, 'step.finished').filter(({ step }) => /^modules .* are made$/.test(step));
    expect(made.map((event) => event.host)).toEqual([builder.name]);

    const { release } = host.image;
    const manifest = (await host.say('cat /opt/ovsfleet/modules/kernel-*/manifest')).split('\n');
    expect(manifest.map((line) => line.split(' ')[0])).toEqual([
      'openvswitch',
      'vport-geneve',
      'vport-gre',
      'vport-vxlan',
    ]);
    for (const line of manifest) expect(line).toMatch(new RegExp(`^\\S+ [0-9a-f]{64} [0-9A-F-]+ ${release} `));
    expect(await inMemory(host)).toBe(VERSION);
    const srcversion = await host.say('cat /sys/module/openvswitch/srcversion');
    expect(manifest[0]?.split(' ')[2]).toBe(srcversion);
    expect(await readdir(store)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^kernel-[0-9a-f]{10}\.tar\.gz$/)]),
    );
  });
});
