import { afterEach, describe, expect, it } from 'vitest';
import { playbook, sh, verify } from '../../../src/index.ts';
import { type FakeFleet, type FakeHostInput, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, making, onePlay, set, setAlready } from './support/playbooks.ts';
import { ends, eventsOf, reasons, steps } from './support/tell.ts';

let fleet: FakeFleet;
afterEach(() => fleet.close());
const hosts = async (...names: readonly string[]): Promise<FakeFleet> => {
  fleet = await fakeFleet(Object.fromEntries(names.map((name): [string, FakeHostInput] => [name, {}])));
  return fleet;
};

describe('a run over hosts', () => {
  it('changes what is not as wanted, says what it was and is, and leaves the rest alone', async () => {
    await hosts('hv01', 'hv02');
    await fleet.on('hv02').sh(setAlready('a'));
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b')], { concurrency: 1 }));
    expect(code).toBe(0);
    expect(ends(events)).toEqual(['hv01 changed', 'hv02 changed']);
    expect(steps(events, 'hv01')).toEqual(['a changed no→yes', 'b changed no→yes']);
    expect(steps(events, 'hv02')).toEqual(['a ok', 'b changed no→yes']);
    expect(await fleet.on('hv02').sh(madeOn)).toBe('b');
  });

  it('run again finds all hosts current, and sends them no batch', async () => {
    await hosts('hv01');
    const play = onePlay([set('a'), set('b')]);
    await rehearse(fleet, play);
    const { code, events } = await rehearse(fleet, play);
    expect(code).toBe(0);
    expect(ends(events)).toEqual(['hv01 current']);
    expect(eventsOf(events, 'batch.sent')).toEqual([]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
  });

  it('stops a host at the step that fails, and no other host starts once the budget is spent', async () => {
    await hosts('hv01', 'hv02', 'hv03');
    const fails = set('b', { make: sh`echo 'no space left' >&2; exit 28` });
    const { code, events } = await rehearse(fleet, onePlay([set('a'), fails, set('c')], { concurrency: 1 }));
    expect(code).toBe(3);
    expect(ends(events)).toEqual(['hv01 failed', 'hv02 not-started', 'hv03 not-started']);
    expect(reasons(events)).toEqual(['step.failed hv01: b: it ended with status 28: no space left.']);
    expect(eventsOf(events, 'budget.spent').map(({ failed }) => failed)).toEqual([['hv01']]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a');
    expect(await fleet.on('hv02').sh(madeOn)).toBe('');
  });

  it.each<[string, ReturnType<typeof set> | ReturnType<typeof verify>, string]>([
    [
      'is not true after it was made',
      set('b', { make: sh`:` }),
      'step.unproven hv01: b: it was done without an error, but now reads "no" in place of "yes".',
    ],
    [
      'never comes true',
      verify('b', { read: sh`echo down`, want: 'up' }),
      'step.failed hv01: b: it reads "down" in place of "up".',
    ],
    [
      'cannot be read',
      set('b', { read: sh`echo 'not running' >&2; exit 2` }),
      'step.unreadable hv01: b cannot be read: not running.',
    ],
  ])('says of a step that %s', async (_, node, sentence) => {
    await hosts('hv01');
    const { code, events } = await rehearse(fleet, onePlay([node]));
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([sentence]);
  });

  it('goes on with later plays on the hosts that did well', async () => {
    await hosts('hv01', 'hv02');
    const some = playbook({
      title: 'test',
      params: {},
      plays: [
        {
          title: 'one',
          hosts: 'all',
          rollout: { stopAfterFailures: 2 },
          steps: ({ host }) => set('a', host.name === 'hv01' ? { make: sh`exit 1` } : {}),
        },
        { title: 'two', hosts: 'all', steps: () => set('b') },
      ],
    });
    const { code, events } = await rehearse(fleet, some);
    expect(code).toBe(1);
    expect(eventsOf(events, 'host.finished').map(({ play, host, outcome }) => `${play} ${host} ${outcome}`)).toEqual(
      expect.arrayContaining(['0 hv01 failed', '0 hv02 changed', '1 hv02 changed']),
    );
    expect(await fleet.on('hv01').sh(madeOn)).toBe('');
  });

  it('shows what a step prints, and never the frames between', async () => {
    await hosts('hv01');
    const { events } = await rehearse(fleet, onePlay([set('a', { make: making('a', sh`echo one; echo two >&2`) })]));
    expect(
      eventsOf(events, 'step.output')
        .map(({ text }) => text)
        .join(''),
    ).toBe('one\ntwo\n');
  });
});
