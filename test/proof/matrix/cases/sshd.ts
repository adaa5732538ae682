import { inside } from '../acts.ts';
import { type Act, type Case, caseOf, waits, well } from '../case.ts';
import { shortSilence } from './pause.ts';

const goOn: Act = async ({ release }) => {
  await shortSilence();
  await release();
};
const onSystemd = {
  host: 'systemd',
  vars: { work: waits },
  mended: 'meanwhile',
  next: 'nothing',
  said: well,
} as const;

export const sshd: readonly Case[] = [
  caseOf({
    ...onSystemd,
    fault: 'sshd killed, all its sessions too, and away for 10 s',
    when: 'in a step',
    inject: inside('systemctl kill --kill-who=all --signal=KILL ssh; systemctl stop ssh'),
    mend: async (scene) => {
      await shortSilence();
      await shortSilence();
      await inside('systemctl start ssh')(scene);
      await goOn(scene);
    },
  }),
  caseOf({
    ...onSystemd,
    fault: 'sshd killed, its sessions not',
    when: 'in a step',
    inject: inside('systemctl kill --kill-who=main --signal=KILL ssh'),
    mend: goOn,
  }),
  caseOf({
    ...onSystemd,
    fault: 'sshd restarted',
    when: 'in a step',
    inject: inside('systemctl restart ssh'),
    mend: goOn,
  }),
  caseOf({
    ...onSystemd,
    fault: 'host rebooted',
    when: 'in a step',
    inject: async ({ lab, victim, release }) => {
      await lab.reboot(victim);
      await release();
    },
  }),
  caseOf({
    ...onSystemd,
    fault: 'power cut for 10 s',
    when: 'in a step',
    inject: async ({ lab, victim, release }) => {
      await lab.crash(victim);
      await shortSilence();
      await shortSilence();
      await lab.start(victim);
      await release();
    },
  }),
];
