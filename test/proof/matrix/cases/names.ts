import { stateOnDisk } from '../../../lab/support/faults.ts';
import { until } from '../../../lab/support/until.ts';
import { goOn } from '../acts.ts';
import { type Case, caseOf, waits, well } from '../case.ts';
import { forget, learn, nameOf } from '../names.ts';

/** The victim is reached by a name, which the resolver of the lab's namespace knows until it is taken away. */
export const names: readonly Case[] = [
  caseOf({
    fault: 'DNS gone',
    when: 'before the run',
    reachedBy: 'name',
    at: { is: 'before the run' },
    inject: async ({ lab, victim }) => forget(lab, nameOf(victim)),
    mend: async ({ lab, victim }) => learn(lab, nameOf(victim), lab.host(victim).address),
    said: { code: 4, outcome: 'unreachable', because: /lab\.example/ },
    next: 'resume',
  }),
  caseOf({
    fault: 'DNS gone',
    when: 'in a step',
    reachedBy: 'name',
    vars: { work: waits },
    inject: async ({ lab, victim }) => forget(lab, nameOf(victim)),
    mend: goOn,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    fault: 'DNS gone',
    when: 'in a swap, before it is confirmed over a new connection (within 5 s)',
    host: 'packaged',
    playbook: 'swap',
    reachedBy: 'name',
    vars: { disturb_at: 'restart ovs-vswitchd', disturb_by: 'sleep 3' },
    flags: ['-e', 'confirm=5s'],
    at: { is: 'event', fits: (event, victim) => event.type === 'transaction.phase' && event.host === victim },
    inject: async ({ lab, victim }) => forget(lab, nameOf(victim)),
    mend: async ({ lab, victim }) => {
      await until(`${victim} to have undone it`, 300_000, async () => stateOnDisk(lab, victim) === 'undone');
      await learn(lab, nameOf(victim), lab.host(victim).address);
    },
    mended: 'meanwhile',
    said: { code: 3, outcome: 'undone', because: /nobody came back to confirm within 5 s/ },
    next: 'resume',
  }),
];
