import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inPhases, sh, step, trafficWatched, transaction, unchanged, verify } from '../../../src/index.ts';
import type { Node } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, hastyClock, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { onePlay } from './support/playbooks.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({
    hv01: { vars: { probe_from: 'hv03', probe_to: '10.0.0.1' } },
    hv02: { vars: { probe_from: 'hv03', probe_to: '10.0.0.2' } },
    hv03: {},
  });
});
afterAll(() => fleet.close());
afterEach(() => Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh('rm -rf /var/lib/* /run/ping*'))));

const quick = { transaction: 'sleep() { case $1 in 0.2) command sleep 0.02 ;; *) command sleep "$1" ;; esac; }' };
const changed = 'cat /var/lib/release /var/lib/undone 2>/dev/null || :';

/** A swap whose flows must read as before; `broken` is what goes wrong in it, and a gate that must hold may come after. */
const swap = (broken = sh`:`, ...gates: readonly Node[]) =>
  transaction(
    'swap',
    { confirm: '120s', deadline: '60s' },
    unchanged(
      'flows',
      { read: sh`cat /var/lib/flows 2>/dev/null || echo all` },
      step('release', {
        read: sh`cat /var/lib/release 2>/dev/null || echo old`,
        want: 'new',
        make: inPhases({ title: 'exchange', run: sh`echo new >/var/lib/release` }, { title: 'restore', run: broken }),
        undo: sh`rm -f /var/lib/release /var/lib/flows; echo undone >/var/lib/undone`,
      }),
      ...gates,
    ),
  );
const ping = (...replies: readonly (readonly [at: number, seq: number])[]) =>
  fleet.on('hv03').sh(`
    cat >/usr/local/sbin/ping <<'end'
#!/bin/sh
cat /run/ping
exec sleep 1000
end
    chmod 0755 /usr/local/sbin/ping
    printf '%s\\n' ${replies.map(([at, seq]) => `'[${(1795352100 + at).toFixed(6)}] 64 bytes from 10.0.0.1: icmp_seq=${seq} ttl=64 time=0.05 ms'`).join(' ')} >/run/ping`);
const run = (node: Node) =>
  rehearse(fleet, onePlay([node], { waves: [1, '100%'], stopAfterFailures: 1 }), {
    limit: ['hv01', 'hv02'],
    instead: quick,
    clock: hastyClock(20),
  });

describe('a gate that fails', () => {
  it.each<[string, Node, RegExp]>([
    ['a phase that fails', swap(sh`exit 7`), /"restore" ended with status 7/],
    ['flows that are not as before', swap(sh`echo some >/var/lib/flows`), /flows: not as before: was: all/],
    [
      'something that must be true afterwards and is not',
      swap(sh`:`, verify('the agent is alive', { read: sh`echo no`, want: 'yes' })),
      /the agent is alive does not read as wanted/,
    ],
  ])('undoes its host, which is read to be as before, and starts no other: %s', async (_, node, reason) => {
    const { code, events } = await run(node);
    expect(ends(events)).toEqual(['hv01 undone', 'hv02 not-started']);
    expect(reasons(events)[0]).toMatch(reason);
    expect(eventsOf(events, 'transaction.phase').map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['undo: release', 'verify the undo']),
    );
    expect(await fleet.on('hv01').sh(changed)).toBe('undone');
    expect(await fleet.on('hv02').sh(changed)).toBe('');
    expect(code).toBe(3);
  });
});

describe('a gap of traffic above its limit', () => {
  it('undoes nothing, which would be a second gap, and starts no other host', async () => {
    await ping([0, 1], [2.5, 9]);
    const { code, events } = await run(trafficWatched({ maxGap: '1s' }, swap()));
    expect(ends(events)).toEqual(['hv01 failed', 'hv02 not-started']);
    expect(reasons(events)[0]).toMatch(/^traffic\.gap hv01: the change stands and holds/);
    expect(await fleet.on('hv01').sh(changed)).toBe('new');
    expect(await fleet.on('hv02').sh(changed)).toBe('');
    expect(code).toBe(3);
  });
});
