import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { playbook, tagged } from '../../../src/index.ts';
import { everything, type Selection } from '../../../src/model/selection.ts';
import { type Playbook, selectPart } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import { madeOn, set } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {} });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

const book = playbook({
  title: 'test',
  params: {},
  plays: [
    { title: 'first', hosts: 'all', steps: () => [set('a'), tagged('late', set('b'))] },
    { title: 'last', hosts: 'all', tags: 'late', steps: () => set('c') },
  ],
});

/** Runs a part of it, as the command does: the selection is told what the hosts are before anything is changed. */
const part = async (said: Partial<Selection>) => {
  const { playbook: selected, nothing, unused } = selectPart(book.resolve({}), { ...everything, ...said }, () => true);
  const as: Playbook = { ...book, resolve: () => selected };
  return rehearse(fleet, as, { controls: { selection: { nothing, unused } } });
};

const made = (): Promise<string> => fleet.on('hv01').sh(madeOn);

describe('a run of a part of a playbook', () => {
  it('does that part, and nothing else', async () => {
    const { code, events } = await part({ tags: ['late'] });
    expect(code).toBe(0);
    expect(await made()).toBe('b\nc');
    expect(ends(events).filter((end) => end.endsWith('changed'))).toHaveLength(4);
  });

  it('that there is not changes nothing, says so, and is no success', async () => {
    const { code, events } = await part({ only: ['first/aa'] });
    expect(code).toBe(2);
    expect(await made()).toBe('');
    expect(eventsOf(events, 'warning').map(({ problem }) => problem.code)).toEqual(['playbook.nothing-selected']);
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ exitCode: 2, resumable: false });
  });

  it('warns of a word that fits nothing while others do', async () => {
    const { code, events } = await part({ skipTags: ['lat', 'late'] });
    expect(code).toBe(0);
    expect(await made()).toBe('a');
    expect(eventsOf(events, 'warning').map(({ problem }) => problem.message)).toEqual([
      '--skip-tags lat fits nothing. Did you mean late?',
    ]);
  });
});
