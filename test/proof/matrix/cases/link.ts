import { type Act, type Case, caseOf, waits, well } from '../case.ts';
import { longSilence, shortSilence } from './pause.ts';

const cut: Act = ({ lab, victim }) => lab.cut(victim);
const silence: Act = ({ lab, victim }) => lab.silence(victim);
const heal: Act = async ({ lab, victim, release }) => {
  await release();
  await lab.heal(victim);
};
const healSoon: Act = async (scene) => {
  await shortSilence();
  await heal(scene);
};
const healLate: Act = async (scene) => {
  await longSilence();
  await heal(scene);
};
const works = { vars: { work: waits } };

export const link: readonly Case[] = [
  caseOf({
    fault: 'link cut',
    when: 'before the run',
    at: { is: 'before the run' },
    inject: cut,
    mend: heal,
    said: { code: 4, outcome: 'unreachable', because: /^\S+: / },
    next: 'resume',
  }),
  caseOf({
    fault: 'link cut',
    when: 'after its facts were read, before its first step',
    turn: 'last',
    at: { is: 'event', fits: (event) => event.type === 'play.started' },
    inject: cut,
    mend: heal,
    said: { code: 4, outcome: 'unreachable', because: /no route|did not answer|lost|timed out/ },
    next: 'resume',
  }),
  caseOf({
    ...works,
    fault: 'link cut for 5 s',
    when: 'in a step',
    inject: cut,
    mend: healSoon,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...works,
    fault: 'link cut for 50 s',
    when: 'in a step',
    inject: cut,
    mend: healLate,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...works,
    fault: 'link cut until the run had given up',
    when: 'in a step',
    inject: cut,
    mend: heal,
    said: { code: 3, outcome: 'in-doubt', because: /./ },
    next: 'resume',
  }),
  caseOf({
    fault: 'link cut for 50 s',
    when: 'in a file transfer',
    at: { is: 'event', fits: (event, victim) => event.type === 'file.progress' && event.host === victim },
    inject: cut,
    mend: healLate,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    fault: 'link cut',
    when: 'after its last step',
    at: {
      is: 'event',
      fits: (event, victim) => event.type === 'step.finished' && event.host === victim && event.step === 'arrived',
    },
    inject: cut,
    mend: heal,
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...works,
    fault: 'half-open TCP for 50 s: packets dropped silently',
    when: 'in a step',
    inject: silence,
    mend: healLate,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
];
