import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installMachineTools, type Machine, MODULE_VERSION, startMachine } from '../../../src/lab/index.ts';
import { ownName } from '../../lab/support/bring-up.ts';
import { builtModules, HOUR, log, modules, type Settings, wordsOf } from './ask.ts';
import { printTable } from './table.ts';

/**
 * Debian does not run /etc/sysconfig/modules. This unit, which is ours and not a distribution's, runs it as Enterprise
 * Linux's rc.sysinit did: each executable file NAME.modules (initscripts, rc.sysinit).
 */
const asEnterpriseLinux = `mkdir -p /etc/sysconfig/modules
cat > /etc/systemd/system/sysconfig-modules.service <<'END'
[Unit]
Description=Runs /etc/sysconfig/modules as Enterprise Linux does
DefaultDependencies=no
After=systemd-remount-fs.service
Before=sysinit.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for file in /etc/sysconfig/modules/*.modules; do [ ! -x "$$file" ] || "$$file"; done'
[Install]
WantedBy=sysinit.target
END
systemctl enable sysconfig-modules.service`;

describe('after a reboot the right module is in memory, loaded by', () => {
  let machine: Machine;
  let wanted: Settings;
  const rows: string[][] = [];

  beforeAll(async () => {
    await installMachineTools(log);
    machine = await startMachine({ name: ownName('reboot'), image: 'vmpkg', keep: false, log });
    wanted = await builtModules(machine.image.modules);
    // Debian's own unit would load it before the daemons start: whoever else loads it has to be seen.
    await machine.say(
      'systemctl disable --now openvswitch-switch ovs-vswitchd ovsdb-server; modprobe -r openvswitch; sync',
    );
    await machine.save('fresh');
  }, HOUR);
  afterAll(async () => {
    printTable(['loaded at boot by', 'in memory after the reboot', 'taint'], rows);
    await machine?.remove();
  });

  test.each([
    { boot: 'modules-load.d', prepare: ':', file: '/etc/modules-load.d', loader: 'systemd-modules-load' },
    { boot: 'sysconfig', prepare: asEnterpriseLinux, file: '/etc/sysconfig/modules', loader: 'sysconfig-modules' },
  ])('$loader from $file', async ({ boot, prepare, file, loader }) => {
    await machine.restore('fresh');
    await machine.say(prepare);
    const before = await machine.say('cat /proc/sys/kernel/random/boot_id');
    expect((await machine.ssh('test -e /sys/module/openvswitch')).code).not.toBe(0);

    const run = await modules(machine, 'run', { ...wanted, now: 'reboot', boot });
    expect(run.code, wordsOf(run)).toBe(0);
    expect(await machine.say('cat /proc/sys/kernel/random/boot_id')).not.toBe(before);
    const memory = await machine.say('cat /sys/module/openvswitch/version /sys/module/openvswitch/taint');
    expect(memory).toBe(`${MODULE_VERSION}\nOE`);
    expect(await machine.say(`systemctl is-active ${loader}; grep -l openvswitch ${file}/*`)).toMatch(/^active\n/);

    // Once more, without anything of ours at work, and without a warning: the power fails.
    await machine.say('sync');
    await machine.reset();
    expect(await machine.say('cat /sys/module/openvswitch/version')).toBe(MODULE_VERSION);
    rows.push([`\`${loader}\`, from ${file}`, `version ${memory.split('\n')[0]}`, memory.split('\n')[1] ?? '']);
  });
});
