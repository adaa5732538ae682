import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { playbook, sh } from '../../../src/index.ts';
import type { Facts } from '../../../src/model/facts.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, onePlay, set, setAlready } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {}, hv03: {} });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

/** A harmless play, then one that refuses hosts with a file /var/lib/dpdk. */
const twoPlays = playbook({
  title: 'test',
  params: {},
  plays: [
    { title: 'stage', hosts: 'all', steps: () => set('staged') },
    {
      title: 'swap',
      hosts: 'all',
      rollout: { concurrency: 1 },
      preflight: () => [
        {
          title: 'hot',
          refuses: sh`[ ! -e /var/lib/dpdk ] || echo 'br-phy uses DPDK | and is "full"'`,
          remedy: 'leave it out',
        },
      ],
      steps: () => set('swapped'),
    },
  ],
});

describe('a host that cannot be reached when the run begins', () => {
  it('is told, gives exit code 4, and keeps no other host from being done', async () => {
    fleet.on('hv01').refuse('unreachable');
    fleet.on('hv02').refuse('host-key-changed');
    const { code, events } = await rehearse(fleet, onePlay([set('a')]));
    expect(code).toBe(4);
    expect(ends(events)).toEqual(['hv01 unreachable', 'hv02 unreachable', 'hv03 changed']);
    expect(reasons(events)).toEqual([
      'ssh.unreachable hv01: unreachable.',
      'ssh.host-key-changed hv02: host-key-changed.',
    ]);
    expect(eventsOf(events, 'budget.spent')).toEqual([]);
  });

  it('is not tried again for a later play', async () => {
    fleet.on('hv01').refuse('unreachable');
    const { events } = await rehearse(fleet, twoPlays);
    expect(ends(events).filter((end) => end.startsWith('hv01'))).toEqual(['hv01 unreachable']);
  });
});

describe('a run that did nothing else than refuse hosts', () => {
  it('has nothing to go on with: they would be refused again', async () => {
    await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('touch /var/lib/dpdk')));
    const { code, events } = await rehearse(fleet, twoPlays);
    expect(ends(events)).toEqual(['hv01 refused', 'hv02 refused', 'hv03 refused']);
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ exitCode: code, resumable: false });
    expect(code).toBe(1);
  });

  it('can be gone on with when another host could not be reached', async () => {
    await fleet.on('hv01').sh('touch /var/lib/dpdk');
    fleet.on('hv02').refuse('unreachable');
    const { events } = await rehearse(fleet, twoPlays);
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ resumable: true });
  });
});

describe('a host that cannot be reached any more when its turn comes', () => {
  it('spends the budget, since the run may be what cut it off', async () => {
    const wave = onePlay([set('a')], { concurrency: 1 });
    const sink = {
      name: 'saboteur',
      accept: ({ type }: { readonly type: string }) => {
        if (type === 'play.started') fleet.on('hv01').refuse('host-key-changed');
      },
    };
    // Kept connections would hide it.
    const { code, events } = await rehearse(fleet, wave, { sink, keep: 0 });
    expect(ends(events)).toEqual(['hv01 unreachable', 'hv02 not-started', 'hv03 not-started']);
    expect(eventsOf(events, 'budget.spent').map(({ failed }) => failed)).toEqual([['hv01']]);
    expect(code).toBe(3);
  });
});

describe('a preflight that refuses a host', () => {
  it('is told before anything is changed, and no play takes that host', async () => {
    await fleet.on('hv02').sh('touch /var/lib/dpdk');
    const { code, events } = await rehearse(fleet, twoPlays);
    expect(code).toBe(1);
    expect(reasons(events)).toEqual(['preflight.refused hv02: br-phy uses DPDK | and is "full"']);
    const [refused] = eventsOf(events, 'host.finished');
    const [started] = eventsOf(events, 'host.started');
    expect(refused).toMatchObject({ host: 'hv02', play: 1, outcome: 'refused', problem: { remedy: 'leave it out' } });
    expect(refused?.seq).toBeLessThan(started?.seq ?? 0);
    expect(await fleet.on('hv02').sh(madeOn)).toBe('');
    expect(await fleet.on('hv03').sh(madeOn)).toBe('staged\nswapped');
    expect(eventsOf(events, 'budget.spent')).toEqual([]);
  });

  it('has no say when the host needs nothing', async () => {
    await fleet.on('hv02').sh(`touch /var/lib/dpdk; ${setAlready('swapped')}`);
    const { code, events } = await rehearse(fleet, twoPlays, { limit: ['hv02'] });
    expect(code).toBe(0);
    expect(ends(events)).toEqual(['hv02 changed', 'hv02 current']);
  });

  it('is shown in the plan of its play, and the host is in no other plan', async () => {
    await fleet.on('hv02').sh('touch /var/lib/dpdk');
    const { code, events } = await rehearse(fleet, twoPlays, { mode: 'check' });
    expect(code).toBe(1);
    const plans = eventsOf(events, 'host.planned').filter(({ plan }) => plan.host === 'hv02');
    expect(plans.map(({ play, plan }) => [play, plan.refusals.map(({ message }) => message)])).toEqual([
      [1, ['hv02: br-phy uses DPDK | and is "full"']],
    ]);
  });

  it('tells what is worth knowing of every host, or only of those with something to do', async () => {
    const noting = playbook({
      title: 'test',
      params: {},
      plays: [
        {
          title: 'swap',
          hosts: 'hv01:hv02',
          preflight: () => [
            { title: 'all', notes: sh`echo 'old tools | on PATH'`, remedy: 'mind them', of: 'every' },
            { title: 'some', notes: sh`echo 'cut off for a moment'`, remedy: 'nothing', of: 'pending' },
          ],
          steps: () => set('swapped'),
        },
      ],
    });
    await fleet.on('hv02').sh(setAlready('swapped'));
    const { code, events } = await rehearse(fleet, noting);
    expect(code).toBe(0);
    expect(
      eventsOf(events, 'warning').map(({ problem }) => `${problem.code} ${problem.message} → ${problem.remedy}`),
    ).toEqual([
      'preflight.note hv01: old tools | on PATH → mind them',
      'preflight.note hv01: cut off for a moment → nothing',
      'preflight.note hv02: old tools | on PATH → mind them',
    ]);
  });

  it('that cannot be answered refuses the host, too', async () => {
    const broken = playbook({
      title: 'test',
      params: {},
      plays: [
        {
          title: 'swap',
          hosts: 'hv01',
          preflight: () => [{ title: 'hot', refuses: sh`echo 'no ovs-vsctl' >&2; exit 127`, remedy: '' }],
          steps: () => set('a'),
        },
      ],
    });
    const { events } = await rehearse(fleet, broken);
    expect(reasons(events)).toEqual(['preflight.failed hv01: preflight: hot could not be answered: no ovs-vsctl']);
  });
});

describe('a resumed run', () => {
  it('does not touch a host whose facts are not those that the run began with', async () => {
    const first = await rehearse(fleet, onePlay([set('a')]));
    const pinned = new Map<string, Facts>(eventsOf(first.events, 'host.facts').map(({ host, facts }) => [host, facts]));
    const hv02 = pinned.get('hv02');
    if (hv02 !== undefined) pinned.set('hv02', { ...hv02, kernel: '5.10.0-old' });
    const { code, events } = await rehearse(fleet, onePlay([set('b')]), { pinned });
    expect(code).toBe(1);
    expect(ends(events)[0]).toBe('hv02 failed');
    expect(ends(events).toSorted()).toEqual(['hv01 changed', 'hv02 failed', 'hv03 changed']);
    expect(reasons(events)).toEqual([
      expect.stringMatching(
        /^facts.changed hv02: it is not the host that the run began with: kernel was "5.10.0-old", is "/,
      ),
    ]);
    expect(await fleet.on('hv02').sh(madeOn)).toBe('a');
  });
});

describe("a playbook's own code", () => {
  it.each<[string, () => never, string]>([
    [
      'that has a mistake',
      () => {
        throw new TypeError('x is not a function');
      },
      'playbook.threw hv01: the playbook\'s own code for play "swap" failed: x is not a function.',
    ],
  ])('%s ends the host alone, and names it', async (_, throws, sentence) => {
    const fails = playbook({
      title: 'test',
      params: {},
      plays: [{ title: 'swap', hosts: 'all', steps: ({ host }) => (host.name === 'hv01' ? throws() : set('a')) }],
    });
    const { code, events } = await rehearse(fleet, fails);
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([sentence]);
    expect(ends(events)).toEqual(expect.arrayContaining(['hv02 changed', 'hv03 changed']));
  });
});
