import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  installMachineTools,
  type Machine,
  MODULE_SOURCE,
  MODULE_VERSION,
  startMachine,
} from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { eventsOf, outcomes } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, modules, type Settings, wordsOf } from '../kernel/ask.ts';
import { inMemory, look } from '../kernel/look.ts';
import { printTable } from '../kernel/table.ts';
import { wire } from '../kernel/topology.ts';
import { enrol } from './firmware.ts';
import { type Keys, makeKeys } from './keys.ts';

/** All that an installation would change. */
const installed = `find /lib/modules/*/extra /lib/modules/*/updates /etc/depmod.d /etc/modules-load.d /opt/ovsfleet -type f 2>/dev/null | sort`;

const signedBy = ({ key, cert }: Keys): Settings => ({ sign_key: key, sign_cert: cert });

describe("a kernel that UEFI's Secure Boot has locked down, whose firmware knows the operator's certificate", () => {
  let machine: Machine;
  let directory: string;
  let operator: Keys;
  let stranger: Keys;
  let wanted: Settings;
  const rows: string[][] = [];

  beforeAll(async () => {
    await installMachineTools(log);
    directory = await mkdtemp(join(tmpdir(), 'secure-boot-'));
    operator = makeKeys(directory, 'Our fleet');
    stranger = makeKeys(directory, 'Somebody else');
    machine = await startMachine({ name: ownName('secure'), image: 'vmpkg', firmware: 'uefi', keep: false, log });
    wanted = { ...(await builtModules(machine.image.modules)), now: 'reload', deadline: '40m' };
    await enrol(machine, operator, directory);
    await machine.reboot();
    await wire(machine, {
      local: machine.address,
      remote: '192.168.32.9',
      guest: '10.1.1.1',
      guestMac: '02:00:00:00:01:01',
    });
  }, HOUR);
  afterAll(async () => {
    printTable(['the modules', 'what it says', 'module in memory afterwards'], rows);
    await machine?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  const isRefused = async (what: string, settings: Settings, why: RegExp): Promise<void> => {
    const before = await machine.say(installed);
    const ended = await modules(machine, 'run', { ...wanted, ...settings });
    expect(outcomes(ended.events)[machine.name], wordsOf(ended)).toBe('refused');
    const [said] = eventsOf(ended.events, 'host.finished').flatMap(({ problem }) => problem?.message ?? []);
    expect(said).toMatch(why);
    expect(JSON.stringify(ended.events)).toMatch(/mokutil --import/);
    expect(await machine.say(installed)).toBe(before);
    expect(await inMemory(machine)).toBe('');
    rows.push([what, said ?? '', "the kernel's own"]);
  };

  test('is locked down, and takes no module without a signature: that makes this a proof', async () => {
    expect(await machine.say('cat /sys/kernel/security/lockdown')).toContain('[integrity]');
    expect(await machine.say('dmesg | grep -c "Secure boot enabled"')).toBe('1');
    const { code, stderr } = await machine.ssh(`modprobe -r vport-geneve; insmod ${MODULE_SOURCE}/vport-geneve.ko`);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Operation not permitted|Key was rejected/)]);
  });

  test('modules that nobody signed are refused beforehand', async () => {
    await isRefused('unsigned', {}, /takes only signed modules: .*; and these are not signed/);
  });

  test('modules to be signed with a key that it does not know are refused beforehand, before the key goes anywhere', async () => {
    await isRefused(
      'signed by a stranger',
      signedBy(stranger),
      /the key of that certificate \([0-9a-f]{40}\) is in none/,
    );
  });

  test("modules signed with the operator's key are exchanged under the running switch", async () => {
    const before = await look(machine);
    const run = await modules(machine, 'run', { ...wanted, ...signedBy(operator) });
    expect(run.code, wordsOf(run)).toBe(0);
    expect(outcomes(run.events)[machine.name]).toBe('changed');
    expect(await machine.say('modinfo -F signer openvswitch')).toBe(operator.commonName);
    // O: not of the kernel's tree. No E: its signature is one that the kernel trusts.
    expect(await machine.say('cat /sys/module/openvswitch/version /sys/module/openvswitch/taint')).toBe(
      `${MODULE_VERSION}\nO`,
    );
    expect(await look(machine)).toBe(before);
    expect(wordsOf(run)).toContain(`signed by ${operator.commonName}`);
    expect(await machine.say('find / -xdev -name "sign.key*"; find /run -name "sign.*"')).toBe('');
    rows.push([
      "signed by the operator's key",
      'changed',
      `version ${MODULE_VERSION}, signed by ${operator.commonName}`,
    ]);

    const again = await modules(machine, 'run', { ...wanted, ...signedBy(operator) });
    expect(outcomes(again.events)[machine.name], wordsOf(again)).toBe('current');
  });

  test("the kernel's own module takes the place of a foreign one under the running switch", async () => {
    const before = await look(machine);
    const run = await modules(machine, 'run', { module: 'in-tree', now: 'reload', deadline: '40m' });
    expect(run.code, wordsOf(run)).toBe(0);
    expect(outcomes(run.events)[machine.name]).toBe('changed');
    expect(await inMemory(machine)).toBe('');
    expect(await machine.say('modinfo -n openvswitch')).toContain('/kernel/net/openvswitch/');
    expect(await look(machine)).toBe(before);
    rows.push(["the kernel's own again", 'changed', "the kernel's own"]);
  });
});
