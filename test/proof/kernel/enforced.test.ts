import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installMachineTools, type Machine, MODULE_SOURCE, startMachine } from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { outcomes, reasonOf } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, modules, type Settings, wordsOf } from './ask.ts';
import { printTable } from './table.ts';

const rows: string[][] = [];
afterAll(() => {
  printTable(['the kernel was told', "the kernel's own word", 'ours', 'why'], rows);
});

describe.each([
  { word: 'module.sig_enforce=1', insmod: /Key was rejected by service/, why: /enforces signatures/ },
  { word: 'lockdown=integrity', insmod: /Operation not permitted/, why: /locked down \(integrity\)/ },
])('a kernel that was told $word', ({ word, insmod, why }) => {
  let machine: Machine;
  let wanted: Settings;

  beforeAll(async () => {
    await installMachineTools(log);
    machine = await startMachine({ name: ownName('enforced'), image: 'vmpkg', kernelWords: [word], keep: false, log });
    wanted = { ...(await builtModules(machine.image.modules)), now: 'reload' };
  }, HOUR);
  afterAll(async () => machine?.remove());

  const looks = async (): Promise<string> =>
    machine.say(`find /lib/modules/*/extra /lib/modules/*/updates /etc/depmod.d /etc/modules-load.d /opt/ovsfleet -type f 2>/dev/null | sort
lsmod | cut -d ' ' -f 1 | sort`);

  test('takes no module of ours, which is what makes this a proof', async () => {
    await machine.say('systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server; modprobe -r openvswitch');
    const { code, stderr } = await machine.ssh(`insmod ${MODULE_SOURCE}/openvswitch.ko`);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(insmod);
    await machine.say('systemctl start openvswitch-switch');
    rows.push([`\`${word}\``, stderr.trim().split(': ').at(-1) ?? '', '', '']);
  });

  test('is refused before anything is changed, with what to do', async () => {
    const before = await looks();
    const ended = await modules(machine, 'run', wanted);
    expect(ended.code, wordsOf(ended)).not.toBe(0);
    expect(JSON.stringify(ended.events)).toMatch(why);
    expect(JSON.stringify(ended.events)).toMatch(/mokutil --import/);
    expect(await looks()).toBe(before);
    expect(outcomes(ended.events)[machine.name]).toBe('refused');
    const row = rows.at(-1);
    if (row !== undefined)
      rows[rows.length - 1] = [...row.slice(0, 2), 'refused', reasonOf(ended.events, machine.name)];
  });

  // Once: both take what Debian signed.
  if (word.startsWith('module.')) {
    test("is served the kernel's own module", async () => {
      const ended = await modules(machine, 'run', { module: 'in-tree', now: 'load' });
      expect(ended.code, wordsOf(ended)).toBe(0);
    });
  }
});
