import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { playbook, sh } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
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
  fleet
    .on('hv01')
    .sh(
      'n=0; until [ "$(cut -d " " -f 1 /run/ovsfleet/lock)" = 0 ] || [ $n -gt 200 ]; do sleep 0.05; n=$((n+1)); done',
    );

describe('a link that breaks', () => {
  it.each([
    ['before the first step', 'start 0 '],
    ['while a step is read', 'was 1 '],
    ['while a step is made', 'way 1 '],
    ['after a step was made', 'changed 1 '],
    ['before the last step', 'start 2 '],
    ['before the last step has told how it ended', 'changed 2 '],
  ])('%s is made again, the host is read anew, and nothing is done twice', async (_, frame) => {
    fleet.on('hv01').cutAt(frame);
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b'), set('c')]));
    expect(code).toBe(0);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb\nc');
    expect(eventsOf(events, 'link.lost')).toHaveLength(1);
    expect(eventsOf(events, 'link.back')).toHaveLength(1);
    expect(ends(events)).toHaveLength(1);
  });

  it('after the last step has told how it ended is of no concern any more', async () => {
    const sink = {
      name: 'cutting',
      accept: ({ type }: Stamped): void => {
        if (type === 'batch.sent') fleet.on('hv01').cutAt('end 0 ', 'unreachable', 'host-key-changed');
      },
    };
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b'), set('c')]), { sink });
    expect({ code, ends: ends(events) }).toEqual({ code: 0, ends: ['hv01 changed'] });
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb\nc');
    expect(eventsOf(events, 'link.lost')).toEqual([]);
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
    expect(await fleet.on('hv01').sh(`${madeOn}; ls /tmp /run/ovsfleet`)).toBe(
      'a\nb\n/run/ovsfleet:\nguard\nlock\n\n/tmp:',
    );
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
      .sh(
        `mkdir -p /run/ovsfleet; echo "1 $(cut -d' ' -f22 /proc/1/stat) 1 run-7 ann@ctl1:/srv/fleet 1700000000 0" >/run/ovsfleet/lock`,
      );
    const { code, events } = await rehearse(fleet, onePlay([set('a')]), { instead: { batch: 'sleep() { :; }' } });
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([
      'host.locked hv01: it is locked by run run-7 of ann@ctl1:/srv/fleet, since 2023-11-14T22:13:20Z; its process 1 is at work there.',
    ]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('');
  });

  const slow = set('a', { make: making('a', sh`: >/run/here; until [ -e /run/go-on ]; do sleep 0.05; done`) });
  const here = () => fleet.on('hv01').sh('until [ -e /run/here ]; do sleep 0.05; done');
  const another = { owner: 'bob@ctl2:/home/bob/fleet' } as const;
  const warnings = (events: Parameters<typeof eventsOf>[0]) =>
    eventsOf(events, 'warning').map(({ problem }) => `${problem.code} ${problem.message}`);

  it('is let go when that run is done with it, and the other has it at once', async () => {
    await rehearse(fleet, onePlay([set('a')]));
    const { code } = await rehearse(fleet, onePlay([set('b')]), { lock: another });
    expect(code).toBe(0);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
  });

  it('is taken from it when the operator says so; the batch there is ended, and its run finds the host locked', async () => {
    const first = rehearse(fleet, onePlay([slow, set('b')]));
    await here();
    const second = await rehearse(fleet, onePlay([set('c')]), { lock: { ...another, whenTaken: 'steal' } });
    expect(reasons(second.events)).toEqual([]);
    expect(warnings(second.events)).toEqual([
      expect.stringMatching(
        /^host.lock-stolen hv01: taken from run rehearsal-\d+ of tester@controller:\/fleet, since .*; its batch there \(process \d+\) was ended with all that it had started\.$/,
      ),
    ]);
    expect((await first).code).toBe(1);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('c');
  });

  it('is waited for by the run that goes on with that one, which tells so', async () => {
    fleet.on('hv01').cutAt('way 0 ', 'host-key-changed');
    const first = await rehearse(fleet, onePlay([slow, set('b')]), { lock: another });
    expect(ends(first.events)).toEqual(['hv01 in-doubt']);
    const run = first.events[0]?.run ?? '';
    await here();
    fleet.on('hv01').accept();
    const told = {
      name: 'go-on',
      accept: ({ type }: { readonly type: string }) => {
        if (type === 'warning') void fleet.on('hv01').sh('touch /run/go-on');
      },
    };
    const second = await rehearse(fleet, onePlay([slow, set('b')]), { lock: { earlier: [run] }, sink: told });
    expect(reasons(second.events)).toEqual([]);
    expect(warnings(second.events)).toEqual([expect.stringMatching(/^host.lock-awaited hv01: a batch of run /)]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
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

describe('a step that prints hundreds of megabytes', () => {
  it('is drained, and only its beginning and its end are kept', async () => {
    const talks = set('a', {
      make: making('a', sh`echo begin; yes 'a line of a long story' | head -c 300000000; echo; echo end`),
    });
    const { code, events } = await rehearse(fleet, onePlay([talks]));
    expect(code).toBe(0);
    const output = eventsOf(events, 'step.output')
      .map(({ text }) => text)
      .join('');
    expect(output.length).toBeLessThan(300_000);
    expect(output).toMatch(/^begin\n/);
    expect(output).toMatch(/\n… 285\.9 MiB of output were left out here …\n/);
    expect(output).toMatch(/\nend\n$/);
  });
});

describe('a host that vanishes for good', () => {
  const gone = Array.from({ length: 300 }, () => 'unreachable' as const);
  /** Its link breaks when it says so in its turn, and nobody gets in any more. */
  const vanishing = (said: string) => ({
    name: 'vanishing',
    accept: (event: Stamped): void => {
      if (event.type === 'host.started') fleet.on('hv01').cutAt(said, ...gone);
    },
  });

  it.each([
    ['before anything was sent is unreachable: it is as it was', 'read 0 ', 'unreachable'],
    ['in the middle is in doubt', 'way 0 ', 'in-doubt'],
  ])('%s', async (_, said, outcome) => {
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b')]), { sink: vanishing(said) });
    expect({ code, ends: ends(events) }).toEqual({ code: 4, ends: [`hv01 ${outcome}`] });
  });
});

// Nobody else's sleep on this machine is as long as that: all processes are looked at.
describe('a step that never ends', () => {
  it('fails when its time is over, with nothing of it left on the host', async () => {
    const hangs = set('a', { make: sh`sleep 6180 | cat`, limit: '2s' });
    const { code, events } = await rehearse(fleet, onePlay([hangs, set('b')]));
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([
      'step.failed hv01: a: it was not done within 2 s, and all that it had started was ended.',
    ]);
    expect(await fleet.on('hv01').sh(`pgrep -fax 'sleep 6180' || :; ${madeOn}`)).toBe('');
  });
});
