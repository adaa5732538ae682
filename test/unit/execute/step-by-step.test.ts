import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AskedStep } from '../../../src/execute/index.ts';
import { group, type Node, playbook } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, set, setAlready } from './support/playbooks.ts';
import { prepare, quick, swap } from './support/swap.ts';
import { ends, eventsOf } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {} });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

const titleOf = ({ host, planned }: AskedStep): string => `${host} ${planned.map(({ title }) => title).join('+')}`;

/** Runs two plays, asked before each step. */
const run = async (nodes: readonly Node[], answer: (what: string) => boolean) => {
  const asked: string[] = [];
  const book = playbook({
    title: 'test',
    params: {},
    plays: [
      { title: 'first', hosts: 'all', rollout: { concurrency: 1, waves: ['100%'] }, steps: () => nodes },
      { title: 'second', hosts: 'all', rollout: { concurrency: 1, waves: ['100%'] }, steps: () => [set('late')] },
    ],
  });
  const rehearsal = await rehearse(fleet, book, {
    instead: quick,
    controls: {
      askStep: async (step) => {
        asked.push(titleOf(step));
        return answer(titleOf(step)) ? 'do' : 'leave-out';
      },
    },
  });
  const made = await Promise.all(
    fleet.hosts.map(async ({ name }) => (await fleet.on(name).sh(madeOn)).trim().split(/\s+/).join(' ')),
  );
  return { ...rehearsal, asked, made };
};

describe('a run whose operator is asked before each step', () => {
  it('asks for each that would change something, in order, host by host; not for what is as wanted', async () => {
    await fleet.on('hv01').sh(setAlready('b'));
    const { code, asked, made } = await run([set('a'), set('b'), group('more', set('c'))], () => true);
    expect(asked).toEqual(['hv01 a', 'hv01 c', 'hv02 a', 'hv02 b', 'hv02 c', 'hv01 late', 'hv02 late']);
    expect(made).toEqual(['a c late', 'a b c late']);
    expect(code).toBe(0);
  });

  it('leaves out a step at a no and goes on with the next; that host is taken by no later play, and is told', async () => {
    const { code, asked, made, events } = await run([set('a'), set('b')], (what) => what !== 'hv01 a');
    expect(asked).toEqual(['hv01 a', 'hv01 b', 'hv02 a', 'hv02 b', 'hv02 late']);
    expect(made).toEqual(['b', 'a b late']);
    expect(ends(events)).toEqual(['hv01 not-started', 'hv02 changed', 'hv02 changed']);
    expect(eventsOf(events, 'host.finished')[0]?.problem).toMatchObject({
      code: 'step.left-out',
      message: 'hv01: a was left out, as you said; what else the play does is done.',
    });
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ exitCode: 3, resumable: true });
    expect(code).toBe(3);
  });

  it('asks once for a transaction, which is done whole, or not at all', async () => {
    await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh(prepare)));
    const { asked, events } = await run([swap()], (what) => what !== 'hv02 swap');
    expect(asked).toEqual(['hv01 swap', 'hv02 swap', 'hv01 late']);
    expect(eventsOf(events, 'transaction.state').map(({ host, state }) => `${host} ${state}`)).toContain('hv01 done');
    expect(eventsOf(events, 'transaction.state').filter(({ host }) => host === 'hv02')).toEqual([]);
  });
});
