import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installMachineTools, type Machine, MODULE_VERSION, startMachine } from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { eventsOf } from '../../lab/support/product.ts';
import { builtModules, HOUR, log, modules, wordsOf } from '../kernel/ask.ts';
import { inMemory } from '../kernel/look.ts';

describe('two steps: the files now, and the module in memory at a reboot that somebody makes by hand', () => {
  let machine: Machine;

  beforeAll(async () => {
    await installMachineTools(log);
    machine = await startMachine({ name: ownName('later'), image: 'vmpkg', keep: false, log });
  }, HOUR);
  afterAll(async () => machine?.remove());

  test('the run leaves the module in memory alone and says until when; the reboot, and nothing of ours, changes it', async () => {
    const wanted = { ...(await builtModules(machine.image.modules)), now: 'later' };
    const run = await modules(machine, 'run', wanted);
    expect(run.code, wordsOf(run)).toBe(0);
    expect(eventsOf(run.events, 'host.finished').map(({ outcome }) => outcome)).toContain('changed');
    expect(JSON.stringify(run.events)).toContain(
      'stays until this host is rebooted: first these files, then the reboot',
    );
    expect(await inMemory(machine)).toBe('');
    expect(await machine.say('systemctl is-active ovs-vswitchd')).toBe('active');

    await machine.say('sync');
    await machine.reboot();
    await machine.say('systemctl is-system-running --wait || true', { limitMs: 600_000 });
    expect(await inMemory(machine)).toBe(MODULE_VERSION);
    expect(await machine.say('systemctl is-active ovs-vswitchd')).toBe('active');

    const again = await modules(machine, 'run', wanted);
    expect(again.code, wordsOf(again)).toBe(0);
    expect(JSON.stringify(again.events)).not.toContain('stays until this host is rebooted');
  });
});
