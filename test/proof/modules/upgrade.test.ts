import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installMachineTools, type Machine, MODULE_VERSION, startMachine } from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { eventsOf, outcomes, reasonOf } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, type Settings, wordsOf } from '../kernel/ask.ts';
import { inMemory, look } from '../kernel/look.ts';
import { printTable } from '../kernel/table.ts';
import { wire } from '../kernel/topology.ts';
import { play } from './play.ts';
import { releaseInStore } from './release.ts';

const WIRED = 'wired';

/** Which release's daemons run, from which file, on which kernel module. */
const running = async (machine: Machine): Promise<string> =>
  machine.say(`ovs-vsctl --timeout=60 get Open_vSwitch . ovs_version
readlink "/proc/$(pidof ovs-vswitchd)/exe" "/proc/$(pidof ovsdb-server)/exe"
modinfo -n openvswitch
systemctl is-active ovs-vswitchd ovsdb-server openvswitch-switch`);

describe("release and kernel module are exchanged together, on a host with Debian's package and units", () => {
  let machine: Machine;
  let release: Settings;
  const rows: string[][] = [];

  beforeAll(async () => {
    await installMachineTools(log);
    release = { ...(await releaseInStore()), deadline: '40m' };
    machine = await startMachine({ name: ownName('upgrade'), image: 'vmpkg', keep: false, log });
    const { address } = machine;
    await wire(machine, { local: address, remote: '192.168.32.9', guest: '10.1.1.1', guestMac: '02:00:00:00:01:01' });
    await machine.save(WIRED);
  }, HOUR);
  afterAll(async () => {
    printTable(['module', 'ended', 'release', 'module in memory'], rows);
    await machine?.remove();
  });

  test('in one transaction, with flows, groups, meters, ports and addresses kept', async () => {
    const before = await look(machine);
    const run = await play(machine, 'upgrade.ts', { ...release, ...(await builtModules(machine.image.modules)) });
    expect(outcomes(run.events)[machine.name], reasonOf(run.events, machine.name) + wordsOf(run)).toBe('changed');
    expect(run.code).toBe(0);
    expect(await inMemory(machine)).toBe(MODULE_VERSION);
    const now = await running(machine);
    expect(now).toMatch(/^"3\.5\.0"\n(\/opt\/ovsfleet\/ovs\/3\.5\.0-\w+\/sbin\/\S+\n){2}\S+\/extra\/openvswitch\.ko\n/);
    expect(now).toMatch(/\nactive\nactive\nactive$/);
    expect(await look(machine)).toBe(before);
    // One outage: one transaction, which went through each phase once.
    const phases = eventsOf(run.events, 'transaction.phase').map(({ phase }) => phase);
    for (const phase of ['switch the release', 'exchange the kernel module', 'restart ovs-vswitchd'])
      expect(
        phases.filter((name) => name.endsWith(phase)),
        phases.join('; '),
      ).toHaveLength(1);
    rows.push(['good', 'changed', '3.5.0', MODULE_VERSION]);
  });

  test('and both are undone when the module passes every check and then refuses to work', async () => {
    await machine.restore(WIRED);
    const [before, ran] = [await look(machine), await running(machine)];
    const run = await play(machine, 'upgrade.ts', { ...release, ...(await builtModules(machine.image.brokenModules)) });
    expect(outcomes(run.events)[machine.name], reasonOf(run.events, machine.name) + wordsOf(run)).toBe('undone');
    expect(run.code).toBe(1);
    expect(await inMemory(machine)).toBe('');
    expect(await running(machine)).toBe(ran);
    expect(await look(machine)).toBe(before);
    rows.push(['refuses to work', 'undone', '3.1.0', "the kernel's own"]);
  });
});
