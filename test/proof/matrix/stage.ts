import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Lab } from '../../../src/lab/index.ts';
import { isFailure } from '../../../src/model/outcome.ts';
import { dump } from '../../lab/support/dump.ts';
import { expectSwapped } from '../../lab/support/faults.ts';
import { schemaOf, transactionStates } from '../../lab/support/hosts.ts';
import {
  type Controller,
  controller,
  type Ended,
  eventsOf,
  logOf,
  outcomes,
  reasonOf,
} from '../../lab/support/product.ts';
import type { Case, Scene } from './case.ts';
import { byName } from './names.ts';
import type { Row } from './row.ts';

/** The victim of a case, and hosts that nothing happens to: one of its own wave, one of the next; of a swap only the latter. */
export interface Cast {
  readonly victim: string;
  readonly others: readonly string[];
}

/** A file that the machine keeps for a host; also there while nobody can log in. */
const onDisk = (lab: Lab, host: string, path: string): string => join(lab.directory, 'hosts', host, 'root', path);

const luggageBytes = 24 * 1024 * 1024;

const argsOf = async (one: Case, cast: Cast, operator: Controller): Promise<readonly string[]> => {
  const limit = ['--limit', [cast.victim, ...cast.others].join(',')];
  if (one.playbook === 'swap')
    return ['test/lab/playbooks/disturbed.ts', '--no-type-check', '-e', 'waves=1,100%', '-e', 'stop_after=1', ...limit];
  const luggage = join(operator.directory, 'luggage');
  const content = Buffer.alloc(luggageBytes, one.when);
  await writeFile(luggage, content);
  const weight = createHash('sha256').update(content).digest('hex');
  return [
    'test/proof/playbooks/journey.ts',
    '--no-type-check',
    '-e',
    `luggage=${luggage}`,
    '-e',
    `weight=${weight}`,
    ...limit,
  ];
};

const ledgerOf = (lab: Lab, host: string): Promise<string> =>
  readFile(onDisk(lab, host, 'root/ledger'), 'utf8').catch(() => '');

/** Every step was made, and none twice. */
const expectJourneyed = async (lab: Lab, host: string): Promise<void> => {
  expect((await ledgerOf(lab, host)).trim().split('\n'), host).toEqual(['packed', 'worked', 'arrived']);
};

/** What was told of the victim's link. */
const linkOf = ({ events }: Ended, victim: string): string => {
  const of = (type: 'link.lost' | 'link.back'): boolean => eventsOf(events, type).some(({ host }) => host === victim);
  if (!of('link.lost')) return '';
  return of('link.back') ? ' (link lost, and back)' : ' (link lost)';
};

/** How the others ended. */
const othersOf = (ended: Ended, cast: Cast): string => {
  const words = cast.others.map((host) => outcomes(ended.events)[host] ?? 'not told of');
  return [...new Set(words)].join(', ');
};

/** What the budget was spent on, if it was: by whoever failed, and by nobody else. */
const expectBudget = (ended: Ended, { victim, others }: Cast): string => {
  if (ended.code === null) return 'not judged';
  const begun = new Set(eventsOf(ended.events, 'host.started').map(({ host }) => host));
  const failed = eventsOf(ended.events, 'host.finished')
    .filter(({ host, outcome }) => begun.has(host) && isFailure(outcome))
    .map(({ host }) => host);
  const spent = eventsOf(ended.events, 'budget.spent');
  if (failed.length === 0) {
    expect(spent).toEqual([]);
    return 'not spent';
  }
  expect(spent).toMatchObject([{ stopAfter: 1 }]);
  expect(failed).toEqual(expect.arrayContaining([...(spent[0]?.failed ?? ['nobody'])]));
  const left = [victim, ...others].filter((host) => outcomes(ended.events)[host] === 'not-started');
  return left.length === 0 ? 'spent' : 'spent: nothing new started';
};

/** Plays a case to its end, expects all that it says, and tells it as a row. */
export const play = async (lab: Lab, one: Case, cast: Cast): Promise<Row> => {
  const { victim, others } = cast;
  const where =
    one.reachedBy === 'name' ? await byName(lab, victim, join(lab.directory, 'controllers', `${victim}-names`)) : {};
  const operator = await controller(lab, victim, { vars: { [victim]: { ...one.vars, ...where } } });
  await mkdir(dirname(onDisk(lab, victim, 'root/go')), { recursive: true });
  const was = one.playbook === 'swap' ? await dump(lab, victim) : null;
  const release = async (): Promise<void> => writeFile(onDisk(lab, victim, 'root/go'), '');
  const args = await argsOf(one, cast, operator);
  const before = { lab, victim, operator, release };

  const { at } = one;
  await one.prepare({ ...before, running: null });
  if (at.is === 'before the run') await one.inject({ ...before, running: null });
  const running = operator.start(['run', ...args, ...one.flags]);
  const scene: Scene = { ...before, running };
  if (at.is === 'event') {
    await running.waitFor(`the moment on ${victim}`, (event) => at.fits(event, victim));
    await one.inject(scene);
  }
  if (one.mended === 'meanwhile') await one.mend(scene);
  const ended = await running.ended();
  if (one.mended === 'afterwards') await one.mend(scene);

  const why = reasonOf(ended.events, victim);
  const seen = {
    code: ended.code,
    outcome: (ended.code === null ? null : outcomes(ended.events)[victim]) ?? 'nothing',
  };
  expect(seen, `${why}\n${logOf(ended.events, victim)}\n${ended.stderr}`).toEqual({
    code: one.said.code,
    outcome: one.said.outcome,
  });
  expect(why).toMatch(one.said.because);
  if (ended.code !== null)
    expect(one.others).toEqual(expect.arrayContaining(others.map((host) => outcomes(ended.events)[host])));
  const budget = expectBudget(ended, cast);

  let next = 'nothing was left to do';
  if (one.next !== 'nothing') {
    const again = await operator.run(one.next === 'resume' ? ['resume'] : ['run', ...args]);
    expect(
      { code: again.code, stderr: again.stderr },
      reasonOf(again.events, victim) + logOf(again.events, victim),
    ).toEqual({
      code: 0,
      stderr: '',
    });
    next = `${one.next}: exit ${again.code}, ${outcomes(again.events)[victim] ?? 'host was done already'}`;
  }
  let end = 'each step made once';
  if (was === null) for (const host of [victim, ...others]) await expectJourneyed(lab, host);
  else {
    const states = await transactionStates(lab, victim);
    await expectSwapped(lab, victim, was, [...states.slice(0, -1), 'done']);
    for (const host of others) expect(await schemaOf(lab, host), host).toBe('8.8.0');
    end = `upgraded, flows as before (${states.join(', then ')})`;
  }
  if (one.also !== null) end = `${end}; ${await one.also(scene)}`;
  return {
    fault: one.fault,
    when: one.when,
    said:
      ended.code === null
        ? 'nothing: it was killed'
        : `exit ${ended.code}, ${seen.outcome}${linkOf(ended, victim)}${why === '' ? '' : `: ${why.replaceAll(lab.directory, '…')}`}`,
    others: othersOf(ended, cast),
    budget,
    next,
    end,
    verdict: 'as it should be',
  };
};
