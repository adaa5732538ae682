import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { playbook, sh } from '../../../src/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, making, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons, steps } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {} });
});
afterAll(() => fleet.close());
afterEach(async () => {
  fleet.on('hv01').accept();
  await fleet.on('hv01').sh('rm -rf /var/lib/*');
  await fleet.on('hv01').reboot();
});

/** Until the batch that was left alone has ended. */
const settled = (): Promise<string> =>
  fleet.on('hv01').sh('n=0; while [ -e /run/ovsfleet/lock ] && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done');

describe('a link that breaks', () => {
  it.each([
    ['before the first step', 'start 0 '],
    ['while a step is read', 'was 1 '],
    ['while a step is made', 'way 1 '],
    ['after a step was made', 'changed 1 '],
    ['before the last step', 'start 2 '],
    ['after the last step', 'changed 2 '],
  ])('%s is made again, the host is read anew, and nothing is done twice', async (_, frame) => {
    fleet.on('hv01').cutAt(frame);
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b'), set('c')]));
    expect(code).toBe(0);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb\nc');
    expect(eventsOf(events, 'link.lost')).toHaveLength(1);
    expect(eventsOf(events, 'link.back')).toHaveLength(1);
    expect(ends(events)).toHaveLength(1);
  });

  it('in the middle of what a step prints leaves that step to end, and the steps after it', async () => {
    const talks = set('a', {
      make: making('a', sh`n=0; while [ $n -lt 400 ]; do echo "line $n of a long compilation"; n=$((n+1)); done`),
    });
    fleet.on('hv01').cutAt('line 20 ', 'unreachable', 'refused', 'lost');
    const { code, events } = await rehearse(fleet, onePlay([talks, set('b')]));
    expect(code).toBe(0);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
    expect(steps(events, 'hv01').filter((step) => step.includes('failed'))).toEqual([]);
  });

  it('with nobody there to go on leaves a host that finishes what it was sent', async () => {
    const talks = set('a', {
      make: making('a', sh`n=0; while [ $n -lt 400 ]; do echo "line $n of a long compilation"; n=$((n+1)); done`),
    });
    fleet.on('hv01').cutAt('line 20 ', 'host-key-changed');
    const { code, events } = await rehearse(fleet, onePlay([talks, set('b')]));
    expect(code).toBe(4);
    expect(ends(events)).toEqual(['hv01 in-doubt']);
    await settled();
    expect(await fleet.on('hv01').sh(`${madeOn}; ls /tmp /run/ovsfleet`)).toBe('a\nb\n/run/ovsfleet:\nguard\n\n/tmp:');
  });

  it('and does not come back for two minutes leaves the host in doubt', async () => {
    fleet.on('hv01').cutAt('way 0 ', ...Array.from({ length: 200 }, () => 'unreachable' as const));
    const { code, events } = await rehearse(fleet, onePlay([set('a')]));
    expect(code).toBe(4);
    expect(ends(events)).toEqual(['hv01 in-doubt']);
    expect(eventsOf(events, 'run.finished')[0]?.ms).toBeGreaterThanOrEqual(120_000);
  });

  it('again and again stops the host after the third time', async () => {
    const flaky = {
      name: 'flaky',
      accept: ({ type }: { readonly type: string }) => {
        if (type === 'batch.sent') fleet.on('hv01').cutAfter(60);
      },
    };
    const { code, events } = await rehearse(fleet, onePlay([set('a', { make: sh`sleep 1; exit 1` })]), { sink: flaky });
    expect(code).toBe(4);
    expect(ends(events)).toEqual(['hv01 in-doubt']);
  });
});

describe('a connection that was kept from one play to the next', () => {
  it.each(['play.finished', 'host.facts'])('and died at "%s" is made again before the next reads', async (when) => {
    const plays = playbook({
      title: 'test',
      params: {},
      plays: [
        { title: 'one', hosts: 'all', steps: () => set('a') },
        { title: 'two', hosts: 'all', steps: () => set('b') },
      ],
    });
    const storm = {
      name: 'storm',
      accept: ({ type }: { readonly type: string }) => {
        if (type === when) fleet.on('hv01').cut();
      },
    };
    const { code, events } = await rehearse(fleet, plays, { sink: storm });
    expect(reasons(events)).toEqual([]);
    expect(code).toBe(0);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
  });
});

describe('a batch that this run left behind', () => {
  it('is waited for, however long it takes', async () => {
    const slow = set('a', { make: making('a', sh`until [ -e /run/go-on ]; do sleep 0.05; done`) });
    fleet.on('hv01').cutAt('way 0 ');
    const running = rehearse(fleet, onePlay([slow, set('b')]), {
      instead: { batch: 'sleep() { command sleep 0.01; }' },
    });
    // Longer than another run's batch is waited for: 60 naps.
    await fleet.on('hv01').sh('sleep 1.5; touch /run/go-on');
    const { code, events } = await running;
    expect(reasons(events)).toEqual([]);
    expect(code).toBe(0);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
  });
});

describe('a host on which another run is at work', () => {
  it('is said to be locked, by which run, and is not touched', async () => {
    await fleet
      .on('hv01')
      .sh(`mkdir -p /run/ovsfleet; echo "1 $(cut -d' ' -f22 /proc/1/stat) run-of-a-colleague" >/run/ovsfleet/lock`);
    const { code, events } = await rehearse(fleet, onePlay([set('a')]), { instead: { batch: 'sleep() { :; }' } });
    expect(code).toBe(1);
    expect(reasons(events)).toEqual(['host.locked hv01: run run-of-a-colleague is changing it (process 1 there).']);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('');
  });
});

describe('a daemon that a step starts', () => {
  const daemon = sh`setsid sh -c 'while [ ! -e /run/stop ]; do sleep 0.1; done; echo late news; echo alive >/run/alive' &`;

  it('does not hold the batch up, though it keeps the output open', async () => {
    const { code, events } = await rehearse(fleet, onePlay([set('a', { make: making('a', daemon) }), set('b')]));
    expect(code).toBe(0);
    expect(steps(events, 'hv01')).toEqual(['a changed no→yes', 'b changed no→yes']);
    // It writes after everybody has gone, and lives.
    await fleet.on('hv01').sh('touch /run/stop; sleep 0.4; cat /run/alive');
  });
});
