import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inPhases, sh, step, transaction } from '../../../src/index.ts';
import type { FleetEvent, Stamped } from '../../../src/model/event.ts';
import type { Clock } from '../../../src/model/ports.ts';
import { type FakeFleet, fakeFleet, hastyClock, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {} });
});
afterAll(() => fleet.close());
afterEach(async () => {
  for (const host of ['hv01', 'hv02']) {
    fleet.on(host).accept();
    await fleet.on(host).sh('rm -rf /var/lib/*');
  }
});

const day = 86_400_000;

/** A clock that is set anew, by so many milliseconds, when the first such event comes. */
const jumping = (byMs: number, when: (event: Stamped) => boolean) => {
  const clock = hastyClock();
  let ahead = 0;
  const set: Clock = { ...clock, now: () => clock.now() + ahead };
  const sink = {
    name: 'clock',
    accept: (event: Stamped): void => {
      if (ahead === 0 && when(event)) ahead = byMs;
    },
  };
  return { clock: set, sink };
};

const swap = transaction(
  'swap',
  { confirm: '120s', deadline: '60s' },
  step('release', {
    read: sh`cat /var/lib/release 2>/dev/null || echo old`,
    want: 'new',
    make: inPhases(
      { title: 'stop', run: sh`echo none >/var/lib/release` },
      { title: 'start', run: sh`echo new >/var/lib/release; echo swap >>/var/lib/made` },
    ),
    undo: sh`echo old >/var/lib/release`,
  }),
);

const at =
  (type: FleetEvent['type']) =>
  (event: Stamped): boolean =>
    event.type === type && 'host' in event && event.host === 'hv01';

describe.each([
  ['a day ahead', day],
  ['a day back', -day],
])("the controller's clock is set %s", (_, byMs) => {
  it.each([
    ['while a step is made', at('step.started')],
    ['when a transaction is sent', at('transaction.sent')],
    ['while a transaction runs', at('transaction.phase')],
    [
      'when a transaction waits to be confirmed',
      (event: Stamped) => event.type === 'transaction.state' && event.state === 'awaiting',
    ],
  ])('%s: every host is done, once, and told so', async (_when, when) => {
    const { clock, sink } = jumping(byMs, when);
    const { code, events } = await rehearse(fleet, onePlay([set('a'), swap, set('b')]), { clock, sink });
    expect({ code, ends: ends(events).toSorted() }, reasons(events).join('\n')).toEqual({
      code: 0,
      ends: ['hv01 changed', 'hv02 changed'],
    });
    for (const host of ['hv01', 'hv02']) expect(await fleet.on(host).sh(madeOn)).toBe('a\nswap\nb');
  });

  it('while a lost link is tried again: the host is waited for all the same', async () => {
    fleet.on('hv01').cutAt('changed 0 ', 'unreachable', 'unreachable', 'unreachable');
    const { clock, sink } = jumping(byMs, at('link.lost'));
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b')]), { clock, sink });
    expect(code, reasons(events).join('\n')).toBe(0);
    expect(eventsOf(events, 'link.back')).toHaveLength(1);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
  });
});
