import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  installMachineTools,
  type Machine,
  MODULE_SOURCE,
  MODULE_VERSION,
  startMachine,
} from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { type Ended, eventsOf } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, modules, type Settings, wordsOf } from './ask.ts';
import { states, whatLoads } from './states.ts';
import { printTable } from './table.ts';

const waysOf = ({ events }: Ended) =>
  eventsOf(events, 'step.finished').flatMap(({ way }) => (way === null ? [] : [way]));

const names = ['openvswitch', 'vport-geneve', 'vport-gre', 'vport-vxlan'];

describe('modules get where modprobe finds them on a host with', () => {
  let machine: Machine;
  let wanted: Settings;
  let digests: ReadonlyMap<string, string>;
  const rows: string[][] = [];

  beforeAll(async () => {
    await installMachineTools(log);
    machine = await startMachine({ name: ownName('install'), image: 'vmpkg', keep: false, log });
    wanted = { ...(await builtModules(machine.image.modules)), now: 'later' };
    const sums = await machine.say(`cd ${MODULE_SOURCE} && sha256sum ${names.map((name) => `${name}.ko`).join(' ')}`);
    digests = new Map(sums.split('\n').map((line) => [line.slice(66).replace('.ko', ''), line.slice(0, 64)]));
    await machine.save('fresh');
  }, HOUR);
  afterAll(async () => {
    printTable(['a host with', 'way', 'why not the way before', 'modprobe loads'], rows);
    await machine?.remove();
  });

  test.each(states.map((state) => [state.name, state] as const))('%s', async (_, state) => {
    await machine.restore('fresh');
    await machine.say(`set -e\ntree=/lib/modules/$(uname -r)\n${state.prepare}`);

    const run = await modules(machine, 'run', wanted);
    expect(run.code, wordsOf(run)).toBe(0);
    const ways = waysOf(run);
    expect(ways.map(({ title }) => title)).toEqual([state.way]);
    expect(ways[0]?.because).toMatch(state.because);

    const tree = `/lib/modules/${machine.image.release}`;
    const found = (await machine.say(whatLoads)).split('\n');
    const resolved = found.slice(0, names.length).map((line) => line.split(' '));
    expect(resolved.map(([name, file]) => [name, file])).toEqual(
      names.map((name) => [name, `${tree}/extra/${name}.ko`]),
    );
    for (const [name = '', , , digest] of resolved) expect(digest, name).toBe(digests.get(name));
    expect(found.slice(names.length)).toEqual([
      ...names.map((name) => `${tree}/extra/${name}.ko`),
      `${tree}/extra/openvswitch.ko`,
    ]);
    rows.push([state.name, state.way, ways[0]?.because || 'it is the first', 'ours']);
  });

  test('nothing of ours, and a kernel build that cannot sign: unsigned, said to be loadable, loaded; and the way back', async () => {
    await machine.restore('fresh');
    const run = await modules(machine, 'run', wanted);
    expect(run.code, wordsOf(run)).toBe(0);
    expect(waysOf(run)).toEqual([{ title: 'make modules_install', because: '' }]);
    const said = wordsOf(run);
    // Of the kernel's own sign-file, and of us.
    expect(said).toMatch(/sign-file: \.\/output\/signing_key\.pem/);
    expect(said).toMatch(/unsigned, and this kernel takes it/);
    rows.push(['nothing of ours', 'make modules_install', 'it is the first', 'ours, unsigned']);
    expect(await machine.say('modinfo -F signer openvswitch')).toBe('');
    await machine.say(
      'systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server && modprobe -r openvswitch && modprobe openvswitch',
    );
    expect(await machine.say('cat /sys/module/openvswitch/version /sys/module/openvswitch/taint')).toBe(
      `${MODULE_VERSION}\nOE`,
    );

    const again = await modules(machine, 'run', wanted);
    expect(again.code, wordsOf(again)).toBe(0);
    expect(eventsOf(again.events, 'step.finished').filter(({ outcome }) => outcome !== 'ok')).toEqual([]);

    const back = await modules(machine, 'run', { module: 'in-tree', now: 'later' });
    expect(back.code, wordsOf(back)).toBe(0);
    const found = await machine.say(
      'modinfo -n openvswitch; find /lib/modules -name "openvswitch.ko*"; ls /etc/depmod.d || true',
    );
    expect(found).not.toMatch(/extra|updates|openvswitch\.conf/);
    expect(found).toContain(`/lib/modules/${machine.image.release}/kernel/net/openvswitch/openvswitch.ko`);
  });
});
