import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sh, trafficWatched } from '../../../src/index.ts';
import { type FakeFleet, fakeFleet, hastyClock, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { madeOn, making, onePlay, set } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({
    hv01: { vars: { probe_from: 'hv02', probe_to: '10.0.0.1' } },
    hv02: { vars: { probe_from: 'hv01', probe_to: '10.0.0.2' } },
  });
});
afterAll(() => fleet.close());
afterEach(() =>
  Promise.all(
    fleet.hosts.map(({ name }) => {
      fleet.on(name).accept();
      return fleet.on(name).sh('rm -rf /var/lib/* /run/ping*');
    }),
  ),
);

/** A fake `ping` that says what a test wrote to /run/ping, then waits to be ended. */
const ping = (host: string, ...lines: readonly string[]) =>
  fleet.on(host).sh(`
    cat >/usr/local/sbin/ping <<'end'
#!/bin/sh
cat /run/ping
[ ! -e /run/ping-dies ] || exit 1
exec sleep 1000
end
    chmod 0755 /usr/local/sbin/ping
    printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >/run/ping`);
const reply = (at: number, seq: number): string =>
  `[${(1795352100 + at).toFixed(6)}] 64 bytes from 10.0.0.1: icmp_seq=${seq} ttl=64 time=0.05 ms`;

const watched = (maxGap: string, node = set('a')) => onePlay([trafficWatched({ maxGap }, node)], { concurrency: 2 });
const run = (maxGap = '1s') => rehearse(fleet, watched(maxGap), { limit: ['hv01'], clock: hastyClock(20) });

describe('watched traffic', () => {
  it('is measured while the change is made', async () => {
    await ping('hv02', reply(0, 1), reply(0.05, 2), reply(0.8, 5));
    const { code, events } = await run();
    expect(code).toBe(0);
    expect(eventsOf(events, 'traffic.measured')[0]).toMatchObject({
      host: 'hv01',
      maxGapMs: 1000,
      measured: { from: 'hv02', to: '10.0.0.1', sent: 5, lost: 2, longestGapMs: 750 },
    });
    expect(await fleet.on('hv02').sh('pidof sleep || echo none')).toBe('none');
  });

  it('with too long a gap stops the rollout, and leaves the change as it is', async () => {
    await ping('hv02', reply(0, 1), reply(2.5, 9));
    const { code, events } = await run();
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([
      'traffic.gap hv01: the change stands and holds, but its guest was cut off for 2500 ms, more than the 1000 ms allowed.',
    ]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('a');
  });

  it('that does not flow beforehand keeps the host from being changed', async () => {
    await ping('hv02', '[1795352100.000000] From 10.0.0.2 icmp_seq=1 Destination Host Unreachable');
    const { code, events } = await run();
    expect(code).toBe(1);
    expect(reasons(events)[0]).toMatch(
      /^traffic.silent hv01: its guest 10.0.0.1 does not answer .*Host Unreachable"\)/,
    );
    expect(await fleet.on('hv01').sh(madeOn)).toBe('');
  });

  it('is not said to be fine when the probe ended before the change did', async () => {
    await ping('hv02', reply(0, 1));
    await fleet.on('hv02').sh('touch /run/ping-dies');
    const { events } = await rehearse(fleet, watched('1s', set('a', { make: making('a', sh`sleep 0.5`) })), {
      limit: ['hv01'],
      clock: hastyClock(20),
    });
    expect(eventsOf(events, 'warning').map(({ problem }) => problem.code)).toEqual(['traffic.probe-ended']);
  });

  it('keeps the host from being changed when the probing host does not answer', async () => {
    fleet.on('hv02').refuse('unreachable');
    const { code, events } = await run();
    expect(code).toBe(1);
    expect(reasons(events)).toEqual([
      'traffic.no-probe hv01: its traffic cannot be watched from hv02, so nothing was changed: unreachable.',
    ]);
    expect(eventsOf(events, 'link.lost')).toEqual([]);
    expect(await fleet.on('hv01').sh(madeOn)).toBe('');
  });

  it('is not looked at when nothing is to be done', async () => {
    await fleet.on('hv01').sh('echo yes >/var/lib/a');
    const { code, events } = await run();
    expect(code).toBe(0);
    expect(eventsOf(events, 'traffic.measured')).toEqual([]);
  });

  it('of two hosts that probe each other is watched one after the other', async () => {
    await Promise.all([ping('hv01', reply(0, 1)), ping('hv02', reply(0, 1))]);
    const { events } = await rehearse(fleet, watched('1s'), { clock: hastyClock(20) });
    expect(events.flatMap(({ type }) => (type === 'host.started' || type === 'host.finished' ? [type] : []))).toEqual([
      'host.started',
      'host.finished',
      'host.started',
      'host.finished',
    ]);
    expect(ends(events)).toEqual(['hv01 changed', 'hv02 changed']);
  });
});
