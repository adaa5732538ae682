import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sh } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { step } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, hastyClock, type Rehearsal, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons, steps } from './support/tell.ts';

let fleet: FakeFleet;
beforeEach(async () => {
  fleet = await fakeFleet({ hv01: {} });
});
afterEach(() => fleet.close());

/** Needed as long as there is this file, which a boot clears away: /run is empty then. */
const needed = '/run/needed';
const rebooted = (more: Partial<Parameters<typeof step>[1]> = {}) =>
  step('rebooted', {
    read: sh`[ -e ${needed} ] && echo needed || echo no`,
    want: 'no',
    make: sh`echo reboots`,
    reboots: '5m',
    ...more,
  });

/** The fake host reboots when the step says so, as often as it says so. */
const rebooting = (then: () => void = () => {}) => ({
  name: 'power button',
  accept: (event: Stamped): void => {
    if (event.type !== 'step.output' || !event.text.includes('reboots')) return;
    then();
    void fleet.on('hv01').reboot();
  },
});

const run = (nodes: Parameters<typeof onePlay>[0], sink = rebooting()): Promise<Rehearsal> =>
  rehearse(fleet, onePlay(nodes), { clock: hastyClock(20), sink });

describe('a step that reboots its host', () => {
  it('waits for a new boot, says what changed, and goes on with the steps after it', async () => {
    await fleet.on('hv01').sh(`touch ${needed}`);
    const { code, events } = await run([set('a'), rebooted(), set('b')]);
    expect({ code, ends: ends(events) }).toEqual({ code: 0, ends: ['hv01 changed'] });
    expect(steps(events, 'hv01')).toEqual(['a changed no→yes', 'rebooted changed needed→no', 'b changed no→yes']);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a\nb');
    expect(eventsOf(events, 'link.lost').map(({ reason }) => reason)).toEqual(['hv01: it reboots.']);
    expect(eventsOf(events, 'link.back')).toHaveLength(1);
  });

  it('leaves a host up that reads as wanted', async () => {
    const { code, events } = await run([set('a'), rebooted()]);
    expect({ code, steps: steps(events, 'hv01') }).toEqual({ code: 0, steps: ['a changed no→yes', 'rebooted ok'] });
    expect(fleet.on('hv01').logins()).toBe(1);
  });

  it('reboots for what a step before it did, though nothing asked for it when the host was first read', async () => {
    const asks = set('a', { make: sh`touch ${needed}; echo yes >/var/lib/a` });
    const { code, events } = await run([asks, rebooted(), set('b')]);
    expect({ code, steps: steps(events, 'hv01') }).toEqual({
      code: 0,
      steps: ['a changed no→yes', 'rebooted changed needed→no', 'b changed no→yes'],
    });
  });

  it('has what comes after it read anew', async () => {
    await fleet.on('hv01').sh(`touch ${needed}; echo yes >/run/gone`);
    const inRun = set('gone', {
      read: sh`cat /run/gone 2>/dev/null || echo no`,
      make: sh`echo yes >/run/gone`,
    });
    const { events } = await run([rebooted(), inRun]);
    expect(steps(events, 'hv01')).toEqual(['rebooted changed needed→no', 'gone changed no→yes']);
  });

  it('fails when the host has rebooted and still does not read as wanted', async () => {
    const { code, events } = await run([rebooted({ read: sh`echo needed`, reboots: '20s' }), set('b')]);
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([
      'step.unproven hv01: rebooted: it has rebooted, but reads "needed" in place of "no".',
    ]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('');
  });

  it('leaves a host in doubt that does not come back in its time', async () => {
    await fleet.on('hv01').sh(`touch ${needed}`);
    const away = rebooting(() => fleet.on('hv01').refuse(...Array.from({ length: 100 }, () => 'unreachable' as const)));
    const { code, events } = await run([rebooted({ reboots: '20s' })], away);
    expect(code).toBe(4);
    expect(reasons(events)).toEqual([
      'reboot.not-back hv01: rebooted: it was told to reboot, and has not come back within 20 s.',
    ]);
  });

  it('fails at once when the host cannot be told to reboot', async () => {
    await fleet.on('hv01').sh(`touch ${needed}`);
    const { code, events } = await run([rebooted({ make: sh`echo 'no such command' >&2; exit 127` })]);
    expect(code).toBe(1);
    expect(reasons(events)).toEqual(['step.failed hv01: rebooted: it ended with status 127: no such command.']);
    expect(fleet.on('hv01').logins()).toBe(1);
  });
});
