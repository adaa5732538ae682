import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { controller, outcomes, reasonOf } from '../../../lab/support/product.ts';
import { goOn } from '../acts.ts';
import { type Act, type Case, caseOf, waits, well } from '../case.ts';
import { longSilence } from './pause.ts';

const works = { vars: { work: waits } };
const signal =
  (name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Act =>
  async ({ running }) => {
    running?.kill(name);
  };

export const controllers: readonly Case[] = [
  caseOf({
    ...works,
    fault: 'controller: SIGTERM',
    when: 'in a step',
    inject: signal('SIGTERM'),
    mend: goOn,
    mended: 'meanwhile',
    said: { code: 130, outcome: 'changed', because: /^$/ },
    next: 'resume',
  }),
  caseOf({
    ...works,
    fault: 'controller: SIGKILL',
    when: 'in a step, which goes on',
    inject: signal('SIGKILL'),
    mend: goOn,
    said: { code: null, outcome: 'nothing', because: /^$/ },
    next: 'resume',
  }),
  caseOf({
    ...works,
    fault: 'controller: SIGSTOP for 50 s, then SIGCONT',
    when: 'in a step',
    inject: async (scene) => {
      await signal('SIGSTOP')(scene);
      await longSilence();
      await signal('SIGCONT')(scene);
    },
    mend: goOn,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...works,
    fault: 'a second controller, over the same host',
    when: 'in a step',
    inject: async ({ lab, victim }) => {
      const second = await controller(lab, `${victim}-second`);
      const run = await second.run(['run', 'test/proof/playbooks/note.ts', '--no-type-check', '--limit', victim]);
      const told = { code: run.code, outcome: outcomes(run.events)[victim] };
      if (told.code !== 1 || told.outcome !== 'failed' || !/is changing it|locked/.test(reasonOf(run.events, victim)))
        throw new Error(`the second controller was told ${JSON.stringify(told)}: ${reasonOf(run.events, victim)}`);
    },
    mend: goOn,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
    also: async ({ lab, victim }) => {
      const second = await controller(lab, `${victim}-second`);
      const run = await second.run(['run', 'test/proof/playbooks/note.ts', '--no-type-check', '--limit', victim]);
      if (run.code !== 0) throw new Error(`afterwards the second controller ended with ${run.code}`);
      return 'the second was told who is at work there (exit 1), and did its work afterwards';
    },
  }),
  caseOf({
    ...works,
    fault: 'journal deleted',
    when: 'in a step',
    inject: async ({ operator }) => {
      await rm(join(operator.directory, '.ovsfleet', 'runs'), { recursive: true });
    },
    mend: goOn,
    mended: 'meanwhile',
    said: well,
    next: 'nothing',
  }),
  caseOf({
    ...works,
    fault: 'controller killed and its journal deleted',
    when: 'in a step, which goes on',
    inject: async (scene) => {
      await signal('SIGKILL')(scene);
      await scene.running?.ended();
      await rm(join(scene.operator.directory, '.ovsfleet', 'runs'), { recursive: true });
      const resumed = await scene.operator.run(['resume']);
      if (resumed.code !== 2) throw new Error(`resume without a journal ended with ${resumed.code}`);
    },
    mend: goOn,
    said: { code: null, outcome: 'nothing', because: /^$/ },
    next: 'run again',
  }),
];
