import { FleetError } from '../model/error.ts';
import { boot, cutPower } from './boot.ts';
import { tryRun } from './command.ts';
import type { LabHost } from './fleet.ts';
import { TRAITS } from './profile.ts';
import { bootIdOf, type ReadyOptions, waitForHost } from './ready.ts';
import { sshCommand } from './ssh-command.ts';
import { until } from './wait.ts';

/** Reboots a host as its operator would, and waits until all that its profile promises is active again. */
export const restart = async (lab: string, host: LabHost, options: ReadyOptions): Promise<void> => {
  if (TRAITS[host.profile].init === 'sshd') {
    await cutPower(lab, host);
    await boot(lab, host);
  } else {
    const before = await bootIdOf(lab, host);
    if (before === undefined) {
      throw new FleetError({
        code: 'lab.no-login',
        message: `${host.name} cannot be told to reboot: there is no login on it`,
        remedy: `ovsfleet lab crash ${host.name} -n ${lab} && ovsfleet lab start ${host.name} -n ${lab}`,
      });
    }
    await tryRun(sshCommand(lab, host, ['systemctl reboot']), { limitMs: 60_000 });
    // Its units may take their full stop timeouts, 300 s for OVS's.
    const wait = { what: `${host.name} to reboot`, limitMs: 700_000, everyMs: 200, signal: options.signal };
    await until(wait, async () => {
      const now = await bootIdOf(lab, host);
      return now !== undefined && now !== before;
    });
  }
  await waitForHost(lab, host, options);
};
