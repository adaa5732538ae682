import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { on, playbook, sh, verify } from '../../../src/index.ts';
import type { Node } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {} });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/*'))));

/** Whether the host that it is asked of hears of the other one: a file, which may come to be there by asking. */
const heard = verify('heard', {
  read: sh`if [ -e /var/lib/heard ]; then echo yes; else echo 'nobody has heard of it'; fi`,
  want: 'yes',
  within: '5s',
});

const onlyFor = (host: string, nodes: readonly Node[]) =>
  playbook({ title: 'test', params: {}, plays: [{ title: 'play', hosts: host, steps: () => nodes }] });

describe('a check that is made on another host', () => {
  it('holds by what the other host reads, and changes neither', async () => {
    await fleet.on('hv02').sh('touch /var/lib/heard');
    const { code, events } = await rehearse(fleet, onlyFor('hv01', [on('hv02', heard)]));
    expect([code, ends(events)]).toEqual([0, ['hv01 current']]);
    expect(eventsOf(events, 'step.finished')).toMatchObject([{ host: 'hv01', step: 'heard', outcome: 'ok' }]);
  });

  it('is told of the host that it is about, in the words of the one that was asked', async () => {
    await fleet.on('hv01').sh('touch /var/lib/heard');
    const { code, events } = await rehearse(fleet, onlyFor('hv01', [on('hv02', heard)]));
    expect([code, reasons(events)]).toEqual([1, ['step.failed hv01: heard: nobody has heard of it.']]);
  });

  it('is waited for as long as it says', async () => {
    const late = verify('late', {
      read: sh`echo x >>/var/lib/asked; if [ "$(grep -c x /var/lib/asked)" -ge 3 ]; then echo yes; else echo no; fi`,
      want: 'yes',
      within: '5s',
    });
    const { events } = await rehearse(fleet, onlyFor('hv01', [on('hv02', late)]));
    expect(ends(events)).toEqual(['hv01 current']);
    expect(await fleet.on('hv02').sh('grep -c x /var/lib/asked')).toBe('3');
  });

  it('comes after the changes before it', async () => {
    const { events } = await rehearse(fleet, onlyFor('hv01', [set('a'), on('hv02', heard), set('b')]));
    expect(ends(events)).toEqual(['hv01 failed']);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a');
  });

  it('is made although a check before it failed, and both are told', async () => {
    const up = verify('up', { read: sh`echo 'it is down'`, want: 'yes' });
    const { events } = await rehearse(fleet, onlyFor('hv01', [up, on('hv02', heard)]));
    expect(reasons(events)).toEqual(['step.failed hv01: up: it is down. heard: nobody has heard of it.']);
  });

  it.each([
    [
      'of a host that the inventory does not have',
      () => onlyFor('hv01', [on('hv09', heard)]),
      'on.unknown-host hv01: it would be checked from hv09, which is not in the inventory.',
    ],
    [
      'of a host that cannot be reached',
      () => {
        fleet.on('hv02').refuse('unreachable');
        return onlyFor('hv01', [on('hv02', heard)]);
      },
      expect.stringMatching(/^on\.unreachable hv01: it could not be checked from hv02: /),
    ],
  ])('%s fails the host, and is no lost link of it', async (_, prepare, reason) => {
    const { events } = await rehearse(fleet, prepare());
    expect([ends(events), reasons(events)]).toEqual([['hv01 failed'], [reason]]);
    expect(eventsOf(events, 'link.lost')).toEqual([]);
  });
});
