import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stamped } from '../../../../src/model/event.ts';
import { say } from '../../../lab/support/bring-up.ts';
import { stateOnDisk } from '../../../lab/support/faults.ts';
import { agentPid } from '../../../lab/support/hosts.ts';
import { until } from '../../../lab/support/until.ts';
import { once } from '../acts.ts';
import { type Case, caseOf, type Scene, well } from '../case.ts';

const inPhase = (phase: string) => ({
  is: 'event' as const,
  fits: (event: Stamped, victim: string): boolean =>
    event.type === 'transaction.phase' && event.host === victim && event.phase.startsWith(phase),
});
const disturbed = inPhase('test: disturbed');
const slow = { disturb_at: 'restart ovs-vswitchd', disturb_by: 'sleep 5' };
const swap = { playbook: 'swap', vars: slow, at: disturbed } as const;
const untilState = (scene: Scene, state: string): Promise<void> =>
  until(`${scene.victim} to be ${state}`, 300_000, async () => stateOnDisk(scene.lab, scene.victim) === state);

export const switches: readonly Case[] = [
  caseOf({
    ...swap,
    host: 'packaged',
    fault: 'link cut until the swap waits to be confirmed',
    when: 'in a swap, before the restart',
    inject: ({ lab, victim }) => lab.cut(victim),
    mend: async (scene) => {
      await untilState(scene, 'awaiting');
      await scene.lab.heal(scene.victim);
    },
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...swap,
    host: 'packaged',
    flags: ['-e', 'confirm=5s'],
    fault: 'link cut for longer than the host waits to be confirmed (5 s)',
    when: 'in a swap, before the restart',
    inject: ({ lab, victim }) => lab.cut(victim),
    mend: async (scene) => {
      await untilState(scene, 'undone');
      await scene.lab.heal(scene.victim);
    },
    mended: 'meanwhile',
    said: { code: 3, outcome: 'undone', because: /nobody came back to confirm within 5 s/ },
    next: 'resume',
  }),
  caseOf({
    ...swap,
    host: 'packaged',
    fault: 'half-open TCP until the swap waits to be confirmed',
    when: 'in a swap, before the restart',
    inject: ({ lab, victim }) => lab.silence(victim),
    mend: async (scene) => {
      await untilState(scene, 'awaiting');
      await scene.lab.heal(scene.victim);
    },
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...swap,
    host: 'packaged',
    fault: 'power cut, and on again',
    vars: { disturb_at: 'restart ovs-vswitchd', disturb_by: once('sleep 60') },
    when: 'in a swap, before the restart',
    inject: async ({ lab, victim }) => {
      await lab.crash(victim);
      await lab.start(victim);
    },
    mended: 'meanwhile',
    said: { code: 3, outcome: 'undone', because: /rebooted in the middle/ },
    next: 'resume',
  }),
  caseOf({
    ...swap,
    host: 'over',
    fault: 'power cut, and on again; the way in goes over the switch',
    when: 'in a swap, between restart and restored flows',
    vars: { disturb_at: 'restore the flows', disturb_by: once('sleep 60') },
    // Nobody hears of that phase: the way in is dark.
    at: { is: 'event', fits: (event, victim) => event.type === 'transaction.state' && event.host === victim },
    inject: async ({ lab, victim }) => {
      const there = join(lab.directory, 'hosts', victim, 'root/root/disturbed');
      await until(`${victim} to have no flows`, 120_000, async () => existsSync(there));
      await lab.crash(victim);
      await lab.start(victim);
    },
    mended: 'meanwhile',
    said: { code: 3, outcome: 'undone', because: /rebooted in the middle/ },
    next: 'resume',
  }),
  caseOf({
    ...swap,
    host: 'packaged',
    fault: 'controller: SIGKILL',
    when: 'in a swap, before the restart',
    inject: async ({ running }) => running?.kill('SIGKILL'),
    said: { code: null, outcome: 'nothing', because: /^$/ },
    next: 'resume',
  }),
  caseOf({
    ...swap,
    host: 'agent',
    fault: 'a watchdog starts the agent again and again',
    when: 'in a swap, while the agent is held',
    vars: { disturb_at: 'switch the release', disturb_by: 'sleep 3' },
    at: disturbed,
    inject: async ({ lab, victim }) => {
      await say(
        lab,
        victim,
        "systemd-run --quiet --unit=watchdog sh -c 'while :; do systemctl start neutron-openvswitch-agent; sleep 0.2; done'",
      );
      await sleep(1000);
    },
    mend: async ({ lab, victim }) => {
      await say(lab, victim, 'systemctl stop watchdog; systemctl reset-failed watchdog; true');
    },
    said: well,
    next: 'nothing',
    also: async ({ lab, victim }) => {
      if ((await agentPid(lab, victim)) === '0') throw new Error('the agent does not run');
      // Once at boot, and once when the swap let it go.
      const starts = await say(lab, victim, "journalctl --unit=neutron-openvswitch-agent -o cat | grep -c '^Started '");
      if (starts !== '2') throw new Error(`the agent was started ${starts} times`);
      return 'the agent runs again, and did not while it was held';
    },
  }),
];
