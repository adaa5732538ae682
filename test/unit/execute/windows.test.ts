import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sh } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { playbook, transaction } from '../../../src/playbook/index.ts';
import type { RolloutInput } from '../../../src/playbook/rollout-input.ts';
import { type FakeFleet, fakeClock, fakeFleet, hastyClock, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { making, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

/** Runs begin on Tuesday 13 January 2026 at 01:00 UTC. */
let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({
    hv01: {},
    hv02: {},
    hv03: { vars: { maintenance_window: 'tue 03:00-04:00 UTC', rack: 'r1' } },
    hv04: { vars: { rack: 'r2' } },
  });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

const started = (events: readonly Stamped[]): readonly string[] =>
  eventsOf(events, 'host.started').map(({ host }) => host);
const run = (rollout: RolloutInput, options: Parameters<typeof rehearse>[2] = {}, limit = ['hv01', 'hv02']) =>
  rehearse(fleet, onePlay([set('a')], rollout), { limit, ...options });
const hour = 3_600_000;

describe('while a window is closed', () => {
  it('no host is started, and the run says when one opens and what to type then', async () => {
    const { code, events } = await run({ window: 'tue 03:00-05:00 UTC' });
    expect(code).toBe(3);
    expect(started(events)).toEqual([]);
    expect(ends(events)).toEqual(['hv01 not-started', 'hv02 not-started']);
    const [halted] = eventsOf(events, 'rollout.halted');
    expect(halted?.problem.message).toContain('No maintenance window is open for hv[01-02]');
    expect(halted?.problem.message).toContain('hosts may be started from Tue 13 Jan 2026, 03:00 UTC on');
    expect(halted?.problem.remedy).toBe('Then: ovsfleet resume, or sleep until it opens with: ovsfleet resume --wait');
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ exitCode: 3, resumable: true });
  });

  it('a run that waits sleeps until it opens, and does them then', async () => {
    const { code, events } = await run({ window: 'tue 03:00-05:00 UTC' }, { controls: { whenClosed: 'sleep' } });
    expect(code).toBe(0);
    const [waiting] = eventsOf(events, 'window.waiting');
    expect(waiting).toMatchObject({ hosts: ['hv01', 'hv02'], opensAt: Date.UTC(2026, 0, 13, 3), zone: 'UTC' });
    expect(eventsOf(events, 'host.started')[0]?.time).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 13, 3));
  });

  it('a run that waits can be interrupted', async () => {
    const wind = new AbortController();
    const sink = {
      name: 'operator',
      accept: ({ type }: Stamped) => {
        if (type === 'window.waiting') wind.abort(new Error('interrupted'));
      },
    };
    const { code, events } = await run(
      { window: 'wed 03:00-05:00 UTC' },
      {
        clock: fakeClock(),
        controls: { whenClosed: 'sleep' },
        sink,
        interrupts: { wind: wind.signal, abort: new AbortController().signal },
      },
    );
    expect(code).toBe(130);
    expect(started(events)).toEqual([]);
  });

  it('a window that is never long enough is not waited for', async () => {
    const window = { days: ['tue'], from: '03:00', to: '05:00', zone: 'UTC', perHost: '3h' };
    const { code, events } = await run({ window }, { controls: { whenClosed: 'sleep' } });
    expect(code).toBe(3);
    expect(eventsOf(events, 'rollout.halted')[0]?.problem).toMatchObject({ code: 'window.never' });
  });

  it('a frozen date is as good as a closed window', async () => {
    const day = Date.UTC(2026, 0, 13) / (24 * hour);
    const frozen = [{ zone: 'UTC', dates: [{ first: day, last: day }] }];
    const { code, events } = await run({}, { controls: { frozen } });
    expect(code).toBe(3);
    expect(eventsOf(events, 'rollout.halted')[0]?.problem.message).toBe(
      'The date is frozen for hv[01-02]; hosts may be started from Wed 14 Jan 2026, 00:00 UTC on.',
    );
  });
});

describe('a host whose group has a window of its own', () => {
  it('is passed by the others, and waited for last', async () => {
    const { code, events } = await run({ concurrency: 1 }, { controls: { whenClosed: 'sleep' } }, ['hv03', 'hv01']);
    expect(code).toBe(0);
    expect(started(events)).toEqual(['hv01', 'hv03']);
    expect(eventsOf(events, 'host.started')[1]?.time).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 13, 3));
  });

  it('is started when that opens, whoever is still at work elsewhere', async () => {
    const clock = fakeClock();
    const order: string[] = [];
    const sink = {
      name: 'operator',
      accept: (event: Stamped) => {
        if (event.type !== 'host.started' && event.type !== 'host.finished') return;
        order.push(`${event.host} ${event.type}`);
        // The one ends when the other was begun, and that can only be when time has passed.
        if (order.length === 1) void clock.sleeper().then(() => clock.advance(2 * hour));
        if (order.at(-1) === 'hv03 host.started') void fleet.on('hv01').sh('touch /var/lib/go-on');
      },
    };
    const { code } = await rehearse(
      fleet,
      playbook({
        title: 'test',
        params: {},
        plays: [
          {
            title: 'play',
            hosts: 'all',
            rollout: { concurrency: 2 },
            steps: ({ host }) =>
              host.name === 'hv01'
                ? [set('a', { make: making('a', sh`until [ -e /var/lib/go-on ]; do sleep 0.05; done`) })]
                : [set('a')],
          },
        ],
      }),
      { limit: ['hv01', 'hv03'], clock, sink, controls: { whenClosed: 'sleep' } },
    );
    expect(code).toBe(0);
    expect(order.slice(0, 2)).toEqual(['hv01 host.started', 'hv03 host.started']);
  });

  it('is left for the next run when it does not wait', async () => {
    const { code, events } = await run({}, {}, ['hv01', 'hv03']);
    expect(code).toBe(3);
    expect(ends(events)).toEqual(['hv01 changed', 'hv03 not-started']);
  });
});

describe('one rack after the other, when the window of the first is closed', () => {
  const racks: RolloutInput = { spread: { by: 'rack', finish: true } };

  it('waits for that window and not for the next rack, which is open but has not its turn', async () => {
    const { code, events } = await run(racks, { controls: { whenClosed: 'sleep' } }, ['hv03', 'hv04']);
    expect(code).toBe(0);
    expect(eventsOf(events, 'window.waiting').map(({ hosts }) => hosts)).toEqual([['hv03']]);
    expect(started(events)).toEqual(['hv03', 'hv04']);
  });

  it('is said of that rack when nobody waits', async () => {
    const { events } = await run(racks, {}, ['hv03', 'hv04']);
    expect(eventsOf(events, 'rollout.halted')[0]?.problem.message).toContain(
      'No maintenance window is open for hv03; hosts may be started from Tue 13 Jan 2026, 03:00 UTC on.',
    );
    expect(eventsOf(events, 'play.outlook')[0]?.outlook.window).toMatchObject({ opensAt: Date.UTC(2026, 0, 13, 3) });
  });
});

describe('a host is started only when it can be done and undone before the window ends', () => {
  /** Each host takes half an hour. */
  const slow = (rollout: RolloutInput, options: Parameters<typeof rehearse>[2] = {}) => {
    const clock = hastyClock();
    const sink = {
      name: 'time',
      accept: ({ type }: Stamped) => {
        if (type === 'step.started') void clock.sleep(hour / 2);
      },
    };
    return run({ concurrency: 1, ...rollout }, { clock, sink, ...options });
  };

  it.each<[string, RolloutInput, readonly number[], readonly string[]]>([
    [
      'by the time that is told for a host',
      { window: { from: '01:00', to: '02:00', zone: 'UTC', perHost: '45m' } },
      [],
      ['hv01'],
    ],
    ['by what it took in earlier runs, twice', { window: '01:00-02:00 UTC' }, [20 * 60_000], ['hv01']],
    ['and when there is time for both, both are', { window: '01:00-02:00 UTC' }, [10 * 60_000], ['hv01', 'hv02']],
    ['and none is when there is none for one', { window: '01:00-02:00 UTC' }, [40 * 60_000], []],
  ])('%s', async (_, rollout, measured, hosts) => {
    const { events } = await slow(rollout, { controls: { measured: (play) => (play === 'play' ? measured : []) } });
    expect(started(events)).toEqual(hosts);
  });

  it('by the deadlines of its transactions when nothing was measured yet', async () => {
    const book = (window: string) =>
      playbook({
        title: 'test',
        params: {},
        plays: [
          {
            title: 'play',
            hosts: 'all',
            rollout: { window },
            steps: () =>
              transaction('swap', { confirm: '10m', deadline: '20m' }, set('a', { undo: sh`rm /var/lib/a` })),
          },
        ],
      });
    const outlook = async (window: string) => {
      const { events } = await rehearse(fleet, book(window), { mode: 'check', limit: ['hv01'] });
      return eventsOf(events, 'play.outlook')[0]?.outlook.window;
    };
    expect(await outlook('01:00-02:00 UTC')).toMatchObject({ by: 'deadlines', needMs: hour, fit: 1, hosts: 1 });
    expect(await outlook('01:00-01:59 UTC')).toMatchObject({ opensAt: null, fit: 0 });
  });
});

describe('the plan of a play with a window', () => {
  const outlook = async (rollout: RolloutInput, measured: readonly number[]) => {
    const { events } = await run(rollout, { mode: 'check', controls: { measured: () => measured } });
    return eventsOf(events, 'play.outlook')[0]?.outlook.window;
  };

  it('says how many hosts fit in it, and when the last is done', async () => {
    expect(await outlook({ window: '00:00-03:00 UTC', concurrency: 1 }, [hour / 2])).toEqual({
      ...{ zone: 'UTC', hosts: 2, perHostMs: hour / 2, needMs: hour, by: 'measured', fit: 2 },
      askedAt: Date.UTC(2026, 0, 13, 1),
      opensAt: Date.UTC(2026, 0, 13, 1),
      closesAt: Date.UTC(2026, 0, 13, 3),
      endsAt: Date.UTC(2026, 0, 13, 2),
    });
  });

  it('says so when not all fit', async () => {
    expect(await outlook({ window: '00:00-02:15 UTC', concurrency: 1 }, [hour / 2])).toMatchObject({
      fit: 1,
      hosts: 2,
    });
  });

  it('looks ahead to the next one when none is open', async () => {
    expect(await outlook({ window: 'wed 02:00-03:00 UTC' }, [60_000])).toMatchObject({
      opensAt: Date.UTC(2026, 0, 14, 2),
      endsAt: Date.UTC(2026, 0, 14, 2, 1),
      fit: 2,
    });
  });

  it('says how long it will take at any time, once earlier runs were measured', async () => {
    expect(await outlook({ concurrency: 1 }, [hour])).toMatchObject({
      closesAt: null,
      endsAt: Date.UTC(2026, 0, 13, 3),
    });
    expect(await outlook({}, [])).toBeUndefined();
  });
});
