import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { group, sh, verify } from '../../../src/index.ts';
import type { FleetEvent } from '../../../src/model/event.ts';
import type { PlanDocument } from '../../../src/model/plan-document.ts';
import { everything } from '../../../src/model/selection.ts';
import { approval, type Digests, planRecorder } from '../../../src/plan/index.ts';
import type { Node, Playbook } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
let fileText = 'as planned';
const digests: Digests = {
  libraries: (name) => readFileSync(new URL(`../../../templates/host/${name}.sh`, import.meta.url), 'utf8'),
  sha256,
  fileDigest: async () => sha256(fileText),
};

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: { vars: { rack: 'r1' } } });
});
afterAll(() => fleet.close());
afterEach(async () => {
  fileText = 'as planned';
  await Promise.all(
    fleet.hosts.map(({ name }) => {
      fleet.on(name).accept();
      return fleet.on(name).sh('rm -rf /var/lib/*');
    }),
  );
});

const head: Omit<PlanDocument, 'hosts' | 'scripts'> = {
  ...{ format: 1, id: 'plan-1', version: '0', machinery: sha256(''), madeAt: 0, title: 'test', playbook: '/p.ts' },
  ...{ selection: everything, sources: [], inventory: [], limit: null, params: {}, store: '/store', plays: ['play'] },
};

const started = (hosts: readonly string[]): FleetEvent => ({
  ...{ type: 'run.started', title: 'test', playbook: 'p.ts', inventory: [], params: {}, limit: null, mode: 'check' },
  ...{ plays: ['play'], hosts, version: '0', resumes: null, store: null, plan: null },
});

/** What a plan of a playbook says of hosts. */
const planned = async (playbook: Playbook, limit?: readonly string[]): Promise<PlanDocument> => {
  const recorder = planRecorder(digests);
  recorder.accept(started(limit ?? fleet.hosts.map(({ name }) => name)));
  await rehearse(fleet, playbook, {
    mode: 'check',
    oversight: recorder.oversight,
    sink: { name: 'plan', accept: recorder.accept },
    ...(limit === undefined ? {} : { limit }),
  });
  return { ...head, ...recorder.recorded() };
};

const by = (plan: PlanDocument, since: 'planned' | 'resumed' = 'planned') =>
  approval(plan, since, 'ovsfleet plan p.ts --out plan.json', digests);

describe('a run by a plan', () => {
  it('does what the plan shows, and the second time nothing', async () => {
    const playbook = onePlay([set('a'), group('more', set('b'))]);
    const plan = await planned(playbook);
    const first = await rehearse(fleet, playbook, { oversight: by(plan) });
    expect([first.code, ends(first.events).toSorted()]).toEqual([0, ['hv01 changed', 'hv02 changed']]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
    const second = await rehearse(fleet, playbook, { oversight: by(plan) });
    expect([second.code, ends(second.events).toSorted()]).toEqual([0, ['hv01 current', 'hv02 current']]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
  });

  it('refuses the host that has drifted with what differs, before anything is changed, and does the other', async () => {
    const playbook = onePlay([set('a'), set('b')]);
    const plan = await planned(playbook);
    await fleet.on('hv02').sh('echo maybe >/var/lib/b');
    const { code, events } = await rehearse(fleet, playbook, { oversight: by(plan) });
    expect(code).toBe(1);
    expect(ends(events)).toEqual(['hv02 refused', 'hv01 changed']);
    expect(reasons(events)).toEqual(['plan.drift hv02: it is not as the plan found it: b: was no, is maybe.']);
    const [refused] = eventsOf(events, 'host.finished');
    expect(refused?.problem?.remedy).toContain('ovsfleet plan p.ts --out plan.json');
    expect(refused?.seq).toBeLessThan(eventsOf(events, 'host.started')[0]?.seq ?? 0);
    expect(await fleet.on('hv02').sh(madeOn)).toBe('');
  });

  it('refuses a host that somebody has brought half of the way', async () => {
    const playbook = onePlay([set('a'), set('b')]);
    const plan = await planned(playbook);
    await fleet.on('hv02').sh('echo yes >/var/lib/a');
    const { events } = await rehearse(fleet, playbook, { oversight: by(plan) });
    expect(reasons(events)).toEqual(['plan.drift hv02: it is not as the plan found it: a: was no, is yes.']);
  });

  it('goes on after a cut where a part of the plan is done already', async () => {
    const playbook = onePlay([set('a'), set('b')]);
    const plan = await planned(playbook);
    await fleet.on('hv02').sh('echo yes >/var/lib/a');
    const { code, events } = await rehearse(fleet, playbook, { oversight: by(plan, 'resumed') });
    expect([code, ends(events).toSorted()]).toEqual([0, ['hv01 changed', 'hv02 changed']]);
  });

  it('refuses a host that drifts while it waits for its turn', async () => {
    const playbook = onePlay([set('a')], { concurrency: 1, stopAfterFailures: 2 });
    const plan = await planned(playbook);
    let drifting: Promise<unknown> = Promise.resolve();
    const saboteur = {
      name: 'saboteur',
      accept: ({ type }: { readonly type: string }) => {
        if (type === 'play.started') drifting = fleet.on('hv02').sh('echo maybe >/var/lib/a');
      },
      // Nothing is sent to hv01, and so hv02 is not come to, before it has drifted.
      durable: async () => {
        await drifting;
      },
    };
    const { events } = await rehearse(fleet, playbook, { oversight: by(plan), sink: saboteur });
    expect(ends(events)).toEqual(['hv01 changed', 'hv02 refused']);
    expect(reasons(events)).toEqual(['plan.drift hv02: it is not as the plan found it: a: was no, is maybe.']);
  });

  it('may make what the plan said could not be known yet', async () => {
    const later = set('b', { read: sh`[ -e /var/lib/a ] && cat /var/lib/b || { echo 'a is there'; exit 75; }` });
    const playbook = onePlay([set('a'), later]);
    const plan = await planned(playbook);
    const { code } = await rehearse(fleet, playbook, { oversight: by(plan), limit: ['hv01', 'hv02'] });
    expect(code).toBe(0);
  });

  it('takes a check that reads otherwise by now for no drift', async () => {
    const playbook = onePlay([
      set('a'),
      verify('up', { read: sh`cat /var/lib/up 2>/dev/null || echo no`, want: 'yes' }),
    ]);
    await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('echo almost >/var/lib/up')));
    const plan = await planned(playbook);
    await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('echo yes >/var/lib/up')));
    expect((await rehearse(fleet, playbook, { oversight: by(plan) })).code).toBe(0);
  });

  it('refuses a host that the plan left out, with why it did', async () => {
    const playbook = onePlay([set('a')]);
    fleet.on('hv02').refuse('unreachable');
    const plan = await planned(playbook);
    const { events } = await rehearse(fleet, playbook, { oversight: by(plan) });
    expect(reasons(events)).toEqual(['plan.left-out hv02: the plan leaves it out: unreachable.']);
  });

  it('refuses a host that is not in the plan, and tells of one that is not selected any more', async () => {
    const playbook = onePlay([set('a')]);
    const plan = await planned(playbook, ['hv01']);
    const { code, events } = await rehearse(fleet, playbook, { oversight: by(plan), limit: ['hv02'] });
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([
      'plan.not-selected hv01: it is in the plan, but the inventory does not select it any more.',
      'plan.not-in-plan hv02: it is not in the plan.',
    ]);
    expect(eventsOf(events, 'host.facts')).toEqual([]);
  });
});

describe('what a playbook, an inventory or a host say otherwise than for the plan', () => {
  const sent = (mode: string): Node =>
    set('a', { sends: [{ from: { file: '/site/a.conf' }, remote: '/var/lib/a.conf', mode }] });

  it.each<[string, { readonly before: readonly Node[]; readonly after: readonly Node[]; readonly says: string }]>([
    [
      'another script',
      { before: [set('a')], after: [set('a', { make: sh`true` })], says: 'a: it would be done otherwise: -' },
    ],
    [
      'another limit of time',
      {
        before: [set('a')],
        after: [set('a', { within: '3s' })],
        says: 'a: it would be done otherwise: -# within ms: 0 / +# within ms: 3000',
      },
    ],
    [
      'another want',
      {
        before: [set('a')],
        after: [set('a', { want: 'no more' })],
        says: 'a: it would be done otherwise: -# wants: "yes" / +# wants: "no more"',
      },
    ],
    ['one step more', { before: [set('a')], after: [set('a'), set('b')], says: 'b: is not in the plan' }],
    ['one step less', { before: [set('a'), set('b')], after: [set('a')], says: 'b: is not done any more' }],
    [
      'a step that stands elsewhere',
      {
        before: [set('a'), group('g', set('b'))],
        after: [group('g', set('a')), set('b')],
        says: 'a: it would be done',
      },
    ],
    [
      'another file to send',
      { before: [sent('0644')], after: [sent('0600')], says: 'mode 0644, to: "/var/lib/a.conf"' },
    ],
  ])('%s is refused', async (_, { before, after, says }) => {
    const plan = await planned(onePlay(before));
    const { code, events } = await rehearse(fleet, onePlay(after), { oversight: by(plan) });
    expect(code).toBe(1);
    expect(ends(events)).toEqual(['hv01 refused', 'hv02 refused']);
    expect(reasons(events)[0]).toContain('plan.drift hv01: it is not as the plan found it: ');
    expect(reasons(events)[0]).toContain(says);
  });

  it('a file that has another text is refused', async () => {
    const playbook = onePlay([sent('0644')]);
    const plan = await planned(playbook);
    fileText = 'changed since';
    const { events } = await rehearse(fleet, playbook, { oversight: by(plan) });
    expect(reasons(events)[0]).toContain('a: it would be done otherwise: -# sends a file of sha256');
  });

  it('a variable that has another value is told by its name, before the host is connected to', async () => {
    const playbook = onePlay([set('a')]);
    const plan = await planned(playbook);
    const hv02 = plan.hosts['hv02'];
    if (hv02 === undefined) throw new Error('hv02 is not in the plan');
    const inventory = { ...hv02.inventory, address: '10.0.0.2', vars: { rack: sha256('"r2"'), old: sha256('1') } };
    const other: PlanDocument = { ...plan, hosts: { ...plan.hosts, hv02: { ...hv02, inventory } } };
    const { events } = await rehearse(fleet, playbook, { oversight: by(other) });
    expect(reasons(events)).toEqual([
      'plan.inventory hv02: the inventory says otherwise than for the plan: address was 10.0.0.2, is hv02.invalid; variable rack has another value; variable old is gone.',
    ]);
  });

  it('a host with another kernel is refused', async () => {
    const playbook = onePlay([set('a')]);
    const plan = await planned(playbook);
    const hv01 = plan.hosts['hv01'];
    if (hv01?.facts === undefined || hv01.facts === null) throw new Error('hv01 has no facts');
    const facts = { ...hv01.facts, kernel: '5.10.0-old' };
    const other: PlanDocument = { ...plan, hosts: { ...plan.hosts, hv01: { ...hv01, facts } } };
    const { events } = await rehearse(fleet, playbook, { oversight: by(other) });
    expect(reasons(events)[0]).toMatch(
      /^plan.facts hv01: it is not the host that the plan was made for: kernel was "5.10.0-old", is "/,
    );
    expect(ends(events)).toContain('hv02 changed');
  });
});
