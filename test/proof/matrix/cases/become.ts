import { stateOnDisk } from '../../../lab/support/faults.ts';
import { until } from '../../../lab/support/until.ts';
import { inside } from '../acts.ts';
import { type Act, type Case, caseOf, waits } from '../case.ts';

/** The victim is logged in to as one who becomes root by sudo. */
const bySudo = { ansible_user: 'fleet', ansible_become: 'yes' };
const revoke = inside('mv /etc/sudoers.d/fleet /root/sudoers.fleet');
const giveBack = inside('mv /root/sudoers.fleet /etc/sudoers.d/fleet');
const because = /sudo (wants the password of fleet, and none was given|does not let fleet become root)/;

const revokeAndGoOn: Act = async (scene) => {
  await revoke(scene);
  await scene.release();
};

export const becoming: readonly Case[] = [
  caseOf({
    fault: 'the right to become root by sudo is taken away',
    when: 'in a step, before a file is sent',
    vars: { ...bySudo, work: waits },
    inject: revokeAndGoOn,
    mend: giveBack,
    said: { code: 3, outcome: 'failed', because },
    next: 'resume',
  }),
  caseOf({
    fault: 'the right to become root by sudo is taken away',
    when: 'in a swap, before it is confirmed',
    host: 'packaged',
    playbook: 'swap',
    flags: ['-e', 'confirm=5s'],
    vars: { ...bySudo, disturb_at: 'restart ovs-vswitchd', disturb_by: 'sleep 5' },
    at: {
      is: 'event',
      fits: (event, victim) =>
        event.type === 'transaction.phase' && event.host === victim && event.phase.startsWith('test: disturbed'),
    },
    inject: revoke,
    mend: async (scene) => {
      const { lab, victim } = scene;
      await until(`${victim} to be undone`, 300_000, async () => stateOnDisk(lab, victim) === 'undone');
      await giveBack(scene);
    },
    said: { code: 3, outcome: 'in-doubt', because },
    next: 'resume',
  }),
];
