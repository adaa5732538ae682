import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sh } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { playbook } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeClock, fakeFleet, hastyClock, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, making, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {}, hv03: {}, hv04: {}, hv05: {} });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

/** `wave 0`, `+hv01`, `-hv01`: what began and what ended, in order. */
const course = (events: readonly Stamped[]): readonly string[] =>
  events.flatMap((event) => {
    switch (event.type) {
      case 'wave.started':
        return [`wave ${event.wave}`];
      case 'wave.paused':
        return [`pause ${event.ms}`];
      case 'host.started':
        return [`+${event.host}`];
      case 'host.finished':
        return event.outcome === 'not-started' ? [] : [`-${event.host}`];
      default:
        return [];
    }
  });

const mostAtOnce = (events: readonly Stamped[]): number => {
  let now = 0;
  return Math.max(
    ...events.map(({ type }) => {
      if (type === 'host.started') now += 1;
      if (type === 'host.finished') now -= 1;
      return now;
    }),
  );
};

describe('the waves of a play', () => {
  it('are taken one after the other, their hosts in the order of the inventory', async () => {
    const { events } = await rehearse(fleet, onePlay([set('a')], { waves: [1, 3, '100%'], concurrency: 1 }));
    expect(course(events)).toEqual([
      ...['wave 0', '+hv01', '-hv01'],
      ...['wave 1', '+hv02', '-hv02', '+hv03', '-hv03'],
      ...['wave 2', '+hv04', '-hv04', '+hv05', '-hv05'],
    ]);
  });

  it('are made of the hosts that have something to do', async () => {
    await fleet.on('hv01').sh('echo yes >/var/lib/a');
    const { events } = await rehearse(fleet, onePlay([set('a')], { waves: [1, '100%'], concurrency: 1 }));
    expect(eventsOf(events, 'play.started')[0]?.waves).toEqual([['hv02'], ['hv03', 'hv04', 'hv05']]);
    expect(ends(events)[0]).toBe('hv01 current');
  });

  it('never have more hosts in flight than the play allows', async () => {
    const { events } = await rehearse(fleet, onePlay([set('a')], { concurrency: 2 }));
    expect(mostAtOnce(events)).toBe(2);
    expect(ends(events)).toHaveLength(5);
  });

  it('wait for each other as long as the pause says', async () => {
    const clock = hastyClock();
    const { events } = await rehearse(fleet, onePlay([set('a')], { waves: [1, '100%'], pause: '10m' }), { clock });
    const [paused] = eventsOf(events, 'wave.paused');
    const second = eventsOf(events, 'wave.started')[1];
    expect(paused).toMatchObject({ wave: 0, ms: 600_000 });
    expect((second?.time ?? 0) - (paused?.time ?? 0)).toBe(600_000);
  });

  it('end with the one in which the budget was spent', async () => {
    const fails = set('a', { make: sh`exit 1` });
    const { code, events } = await rehearse(fleet, onePlay([fails], { waves: [2, '100%'], stopAfterFailures: 2 }));
    expect(code).toBe(3);
    expect(ends(events).toSorted()).toEqual([
      'hv01 failed',
      'hv02 failed',
      'hv03 not-started',
      'hv04 not-started',
      'hv05 not-started',
    ]);
    expect(eventsOf(events, 'wave.started')).toHaveLength(1);
  });

  it('go on while the budget lasts', async () => {
    await fleet.on('hv02').sh('touch /var/lib/broken');
    const { code, events } = await rehearse(
      fleet,
      onePlay([set('a', { make: sh`[ ! -e /var/lib/broken ] && echo yes >/var/lib/a` })], {
        waves: [2, '100%'],
        stopAfterFailures: 2,
      }),
    );
    expect(code).toBe(1);
    expect(ends(events).toSorted()).toEqual([
      'hv01 changed',
      'hv02 failed',
      'hv03 changed',
      'hv04 changed',
      'hv05 changed',
    ]);
  });
});

describe('a budget that is spent', () => {
  const plays = (broken: string) => {
    const fails = set('a', { make: sh`[ "$(cat /var/lib/broken 2>/dev/null)" != yes ] && echo yes >/var/lib/a` });
    return playbook({
      title: 'test',
      params: {},
      plays: [
        { title: 'stage', hosts: broken, rollout: { concurrency: 5 }, steps: () => fails },
        { title: 'swap', hosts: 'all', steps: () => set('b') },
      ],
    });
  };

  it('ends the run, also when its play had no host left to start: later plays begin none', async () => {
    await fleet.on('hv05').sh('echo yes >/var/lib/broken');
    const { code, events } = await rehearse(fleet, plays('all'));
    expect(code).toBe(3);
    expect(ends(events)).toContain('hv05 failed');
    expect(eventsOf(events, 'play.started').map(({ title }) => title)).toEqual(['stage']);
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ exitCode: 3, resumable: true });
  });

  it('is a failure and no pause when no later play has a host left either', async () => {
    await fleet.on('hv05').sh('echo yes >/var/lib/broken');
    const { code } = await rehearse(fleet, plays('hv05'), { limit: ['hv05'] });
    expect(code).toBe(1);
  });

  it('keeps others from starting while a hook is still asked about the host that spent it', async () => {
    await fleet.on('hv01').sh('touch /var/lib/broken');
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    // hv02 ends only when hv01's failure is told of, and the hook answers only when hv02 has ended.
    const sink = {
      name: 'bystander',
      accept: (event: Stamped) => {
        if (event.type === 'host.finished' && event.host === 'hv01') void fleet.on('hv02').sh('touch /var/lib/go');
        if (event.type === 'host.finished' && event.host !== 'hv01') setImmediate(() => setImmediate(answer));
      },
    };
    const book = onePlay(
      [
        set('a', {
          make: making(
            'a',
            sh`
              [ ! -e /var/lib/broken ] || exit 1
              n=0
              while [ ! -e /var/lib/go ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done
            `,
          ),
        }),
      ],
      { concurrency: 2 },
    );
    const hook = {
      at: 'after-host',
      asks: { kind: 'command', argv: ['ask'] },
      ...{ timeoutMs: 1, askAgainMs: 1, giveUpMs: 1 },
    } as const;
    const { code, events } = await rehearse(fleet, book, {
      sink,
      limit: ['hv01', 'hv02', 'hv03'],
      controls: {
        hooks: [hook],
        askHook: async (_, { hosts }) => {
          if (hosts.includes('hv01')) await answered;
          return { is: 'go' };
        },
      },
    });
    expect(code).toBe(3);
    expect(ends(events).toSorted()).toEqual(['hv01 failed', 'hv02 changed', 'hv03 not-started']);
  });
});

describe('Ctrl-C', () => {
  const interrupting = (on: (event: Stamped) => 'wind' | 'abort' | null) => {
    const [wind, abort] = [new AbortController(), new AbortController()];
    const sink = {
      name: 'operator',
      accept: (event: Stamped) => {
        const which = on(event);
        if (which !== null) wind.abort(new Error('interrupted'));
        if (which === 'abort') abort.abort(new Error('interrupted'));
      },
    };
    return { sink, interrupts: { wind: wind.signal, abort: abort.signal } };
  };

  it('once: hosts in flight finish, no other starts, and the run can be resumed', async () => {
    const { code, events } = await rehearse(fleet, onePlay([set('a')], { concurrency: 2 }), {
      ...interrupting(({ type }) => (type === 'step.started' ? 'wind' : null)),
    });
    expect(code).toBe(130);
    expect(ends(events).toSorted()).toEqual([
      'hv01 changed',
      'hv02 changed',
      'hv03 not-started',
      'hv04 not-started',
      'hv05 not-started',
    ]);
    expect(eventsOf(events, 'run.finished')[0]).toMatchObject({ exitCode: 130, resumable: true });
  });

  it('twice: what is in flight is left to its host, and said to be in doubt', async () => {
    const slow = set('a', { make: making('a', sh`sleep 20`) });
    const { code, events } = await rehearse(fleet, onePlay([slow], { concurrency: 1 }), {
      ...interrupting(({ type }) => (type === 'step.started' ? 'abort' : null)),
    });
    expect(code).toBe(130);
    expect(ends(events)[0]).toBe('hv01 in-doubt');
    await fleet.on('hv01').reboot();
  });

  it('twice while hosts are still read starts none', async () => {
    const { code, events } = await rehearse(fleet, onePlay([set('a')]), {
      ...interrupting(({ type }) => (type === 'host.facts' ? 'abort' : null)),
    });
    expect(code).toBe(130);
    expect(eventsOf(events, 'host.started')).toEqual([]);
    expect(new Set(ends(events).map((end) => end.split(' ')[1]))).toEqual(new Set(['not-started']));
  });

  it('during a pause ends the pause', async () => {
    const clock = fakeClock();
    const running = rehearse(fleet, onePlay([set('a')], { waves: [1, '100%'], pause: '10m' }), {
      clock,
      ...interrupting(({ type }) => (type === 'wave.paused' ? 'wind' : null)),
    });
    const { code, events } = await running;
    expect(code).toBe(130);
    expect(course(events)).toEqual(['wave 0', '+hv01', '-hv01', 'pause 600000']);
    expect(await fleet.on('hv02').sh(madeOn)).toBe('');
  });
});
