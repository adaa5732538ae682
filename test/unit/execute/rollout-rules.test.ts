import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sh } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { type Node, type Playbook, playbook, verify } from '../../../src/playbook/index.ts';
import type { RolloutInput } from '../../../src/playbook/rollout-input.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { onePlay, set, setAlready } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({
    hv01: { vars: { rack: 'r1' } },
    hv02: { vars: { rack: 'r1' } },
    hv03: { vars: { rack: 'r2' } },
    hv04: { vars: { rack: 'r2' }, groups: ['canaries'] },
    hv05: { vars: {} },
  });
});
afterAll(() => fleet.close());
afterEach(async () => {
  for (const { name } of fleet.hosts) fleet.on(name).accept();
  await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*')));
});

const started = (events: readonly Stamped[]): readonly string[] =>
  eventsOf(events, 'host.started').map(({ host }) => host);
const wavesOf = (events: readonly Stamped[]) => eventsOf(events, 'play.started')[0]?.waves;

/** Every two hosts that were in flight together. */
const together = (events: readonly Stamped[]): readonly string[] => {
  const flying = new Set<string>();
  return events.flatMap((event) => {
    if (event.type === 'host.finished') flying.delete(event.host);
    if (event.type !== 'host.started') return [];
    const pairs = [...flying].map((other) => [other, event.host].toSorted().join('+'));
    flying.add(event.host);
    return pairs;
  });
};

const slowly = set('a', { make: sh`sleep 0.3; echo yes >/var/lib/a` });

describe('the hosts of a play', () => {
  it('begin with the canaries, in a wave of their own', async () => {
    const { events } = await rehearse(fleet, onePlay([set('a')], { canary: 'canaries', waves: [1, '100%'] }));
    expect(wavesOf(events)).toEqual([['hv04'], ['hv01'], ['hv02', 'hv03', 'hv05']]);
    expect(started(events)[0]).toBe('hv04');
    expect(eventsOf(events, 'play.outlook')[0]?.outlook).toMatchObject({ canaries: 1 });
  });

  it('begin with others when no canary has anything to do', async () => {
    await fleet.on('hv04').sh(setAlready('a'));
    const { events } = await rehearse(fleet, onePlay([set('a')], { canary: 'canaries' }));
    expect(wavesOf(events)).toEqual([['hv01', 'hv02', 'hv03', 'hv05']]);
  });

  it('are taken in the order that is asked for; a shuffle tells its seed', async () => {
    const order = async (given: NonNullable<RolloutInput['order']>) => {
      const { events } = await rehearse(fleet, onePlay([set('a')], { order: given }), { mode: 'check' });
      return { waves: wavesOf(events)?.flat(), told: eventsOf(events, 'play.outlook')[0]?.outlook.order };
    };
    expect((await order('reverse')).waves).toEqual(['hv05', 'hv04', 'hv03', 'hv02', 'hv01']);
    const shuffled = await order({ shuffle: 'tuesday' });
    expect(shuffled.told).toBe('shuffle, seed tuesday');
    expect(await order({ shuffle: 'tuesday' })).toEqual(shuffled);
    expect((await order('shuffle')).told).toMatch(/^shuffle, seed rehearsal-/);
  });

  it('are never two of one rack at a time; those of no rack count as one', async () => {
    const { events } = await rehearse(fleet, onePlay([slowly], { spread: 'rack' }));
    expect(ends(events).filter((end) => end.endsWith('changed'))).toHaveLength(5);
    expect(together(events)).not.toContain('hv01+hv02');
    expect(together(events)).not.toContain('hv03+hv04');
    expect(together(events)).toContain('hv01+hv03');
    expect(eventsOf(events, 'warning')).toMatchObject([
      { problem: { message: expect.stringContaining('hv05 has no rack') } },
    ]);
  });

  it('of one rack are finished before those of the next begin; those of no rack come last', async () => {
    const { events } = await rehearse(
      fleet,
      onePlay([slowly], { spread: { by: 'rack', finish: true }, order: 'reverse' }),
    );
    expect(wavesOf(events)).toEqual([['hv04', 'hv03', 'hv02', 'hv01', 'hv05']]);
    expect([...together(events)].toSorted()).toEqual(['hv01+hv02', 'hv03+hv04']);
  });
});

describe('hosts that are down before a play', () => {
  const down = (...names: readonly string[]): void => {
    for (const name of names) fleet.on(name).refuse(...Array.from({ length: 20 }, () => 'unreachable' as const));
  };

  it('take of what may be in flight', async () => {
    down('hv02', 'hv03');
    const { events, code } = await rehearse(fleet, onePlay([slowly], { concurrency: 3 }));
    expect(code).toBe(4);
    expect(together(events)).toEqual([]);
    expect(ends(events).filter((end) => end.endsWith('changed'))).toEqual([
      'hv01 changed',
      'hv04 changed',
      'hv05 changed',
    ]);
    expect(eventsOf(events, 'play.outlook')[0]?.outlook).toMatchObject({ capacity: 3, down: ['hv02', 'hv03'] });
  });

  it('keep all others from being started when there is no room left, and it is said what to type', async () => {
    down('hv02', 'hv03');
    const { events, code } = await rehearse(fleet, onePlay([set('a')], { concurrency: 2 }));
    expect(code).toBe(3);
    expect(started(events)).toEqual([]);
    const [halted] = eventsOf(events, 'rollout.halted');
    expect(halted).toMatchObject({ because: 'capacity', problem: { code: 'rollout.capacity' } });
    expect(halted?.problem.message).toMatch(/hv\[02-03\] were down before it began, and no more than 2 may be/);
    expect(halted?.problem.remedy).toContain("--limit 'all:!hv02:!hv03'");
  });

  it('leave room when the play says how many may be unavailable', async () => {
    down('hv02', 'hv03');
    const { code } = await rehearse(fleet, onePlay([set('a')], { concurrency: 2, maxUnavailable: '60%' }));
    expect(code).toBe(4);
  });
});

describe('a resumed run', () => {
  it('has a budget of its own: hosts that failed before are tried again, and count when they fail again', async () => {
    await fleet.on('hv01').sh('touch /var/lib/broken');
    const book = onePlay([set('a', { make: sh`[ ! -e /var/lib/broken ] && echo yes >/var/lib/a` })], {
      concurrency: 1,
    });
    const first = await rehearse(fleet, book);
    expect(ends(first.events)).toContain('hv02 not-started');
    const again = await rehearse(fleet, book);
    expect(eventsOf(again.events, 'budget.spent')[0]).toMatchObject({ failed: ['hv01'] });
    await fleet.on('hv01').sh('rm /var/lib/broken');
    const last = await rehearse(fleet, book);
    expect(last.code).toBe(0);
    expect(ends(last.events).filter((end) => end.endsWith('changed'))).toHaveLength(5);
  });
});

describe('a gate', () => {
  const holds = verify('it is well', {
    read: sh`[ -e /var/lib/ill ] && echo ill || echo well`,
    want: 'well',
    within: '1s',
  });
  const gated = (nodes: readonly Node[], rollout: RolloutInput): Playbook =>
    playbook({
      title: 'test',
      params: {},
      plays: [{ title: 'play', hosts: 'all', rollout, gates: () => holds, steps: () => nodes }],
    });

  it('that holds lets the next wave begin, and is judged on all hosts that are done', async () => {
    const { code, events } = await rehearse(fleet, gated([set('a')], { waves: [1, 2, '100%'] }));
    expect(code).toBe(0);
    expect(eventsOf(events, 'gate.judged').map(({ wave, hosts, failed }) => [wave, hosts, failed])).toEqual([
      [1, ['hv01'], []],
      [2, ['hv01', 'hv02'], []],
    ]);
  });

  it('that does not hold halts the play; a resume asks it again before anything else', async () => {
    const ill = set('a', { make: sh`echo yes >/var/lib/a; touch /var/lib/ill` });
    const book = gated([ill], { waves: [1, '100%'] });
    const first = await rehearse(fleet, book);
    expect(first.code).toBe(3);
    expect(started(first.events)).toEqual(['hv01']);
    expect(eventsOf(first.events, 'gate.judged')[0]?.failed).toMatchObject([{ host: 'hv01' }]);
    expect(eventsOf(first.events, 'rollout.halted')[0]).toMatchObject({ because: 'gate' });
    expect(started((await rehearse(fleet, book)).events)).toEqual([]);
    await fleet.on('hv01').sh('rm /var/lib/ill');
    const mended = gated([set('a')], { waves: [1, '100%'] });
    expect((await rehearse(fleet, mended)).code).toBe(0);
  });
});
