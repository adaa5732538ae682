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
];
