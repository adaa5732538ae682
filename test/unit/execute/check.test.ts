import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sh, verify } from '../../../src/index.ts';
import type { Node } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { onePlay, set, setAlready } from './support/playbooks.ts';
import { ends, eventsOf } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {}, hv02: {} });
});
afterAll(() => fleet.close());
afterEach(() =>
  Promise.all(
    fleet.hosts.map(({ name }) => {
      fleet.on(name).accept();
      return fleet.on(name).sh('rm -rf /var/lib/*');
    }),
  ),
);

describe('a check', () => {
  it('says what would change, changes nothing, and ends with 5', async () => {
    const before = await fleet.on('hv01').sh('find /var/lib /run /tmp | sort');
    const { code, events } = await rehearse(fleet, onePlay([set('a'), set('b')]), { mode: 'check' });
    expect(code).toBe(5);
    const [planned] = eventsOf(events, 'host.planned');
    expect(planned?.plan.nodes).toEqual([
      { kind: 'step', title: 'a', forecast: { is: 'change', changes: [{ key: '', before: 'no', after: 'yes' }] } },
      { kind: 'step', title: 'b', forecast: { is: 'change', changes: [{ key: '', before: 'no', after: 'yes' }] } },
    ]);
    expect(await fleet.on('hv01').sh('find /var/lib /run /tmp | sort')).toBe(before);
    expect(eventsOf(events, 'batch.sent')).toEqual([]);
  });

  it('of hosts that need nothing ends with 0', async () => {
    await Promise.all(fleet.hosts.map(({ name }) => fleet.on(name).sh(setAlready('a'))));
    const { code, events } = await rehearse(fleet, onePlay([set('a')]), { mode: 'check' });
    expect(code).toBe(0);
    expect(eventsOf(events, 'play.started')[0]?.waves).toEqual([]);
  });

  it('of a check that would fail says so, and ends with 5', async () => {
    const up = verify('up', { read: sh`cat /var/lib/up 2>/dev/null || echo no`, want: 'yes' });
    await fleet.on('hv02').sh(setAlready('up'));
    const { code, events } = await rehearse(fleet, onePlay([up]), { mode: 'check' });
    expect(code).toBe(5);
    expect(eventsOf(events, 'host.planned').map(({ plan }) => plan)).toEqual([
      {
        host: 'hv01',
        nodes: [
          {
            kind: 'step',
            title: 'up',
            forecast: { is: 'fails', changes: [{ key: '', before: 'no', after: 'yes' }] },
          },
        ],
        refusals: [],
      },
      { host: 'hv02', nodes: [{ kind: 'step', title: 'up', forecast: { is: 'satisfied' } }], refusals: [] },
    ]);
  });

  it('that is asked for diffs shows what the files that it would send change', async () => {
    const sent = (remote: string) => ({ from: { file: `/site${remote}` }, remote });
    const conf = set('conf', {
      sends: [sent('/var/lib/new.conf'), sent("/var/lib/it's old.conf"), sent('/var/lib/dir')],
    });
    await fleet.on('hv01').sh(`mkdir /var/lib/dir; printf 'a\\nb\\n' >"/var/lib/it's old.conf"`);
    const { events } = await rehearse(fleet, onePlay([conf]), {
      mode: 'check',
      limit: ['hv01'],
      localFile: async () => new TextEncoder().encode('a\nc\n'),
    });
    expect(eventsOf(events, 'host.planned')[0]?.plan.nodes).toMatchObject([
      {
        diffs: [
          { file: '/var/lib/new.conf', is: 'text', patch: expect.stringContaining('@@ -0,0 +1,2 @@\n+a\n+c\n') },
          { file: "/var/lib/it's old.conf", is: 'text', patch: expect.stringContaining(' a\n-b\n+c\n') },
          { file: '/var/lib/dir', is: 'hidden', because: 'what the host has is no file that can be read' },
        ],
      },
    ]);
  });

  it('says what cannot be known before an earlier step', async () => {
    const later = set('b', { read: sh`[ -e /var/lib/a ] && echo yes || { echo 'a is there'; exit 75; }` });
    const { events } = await rehearse(fleet, onePlay([set('a'), later]), { mode: 'check' });
    expect(eventsOf(events, 'host.planned')[0]?.plan.nodes[1]).toMatchObject({
      forecast: { is: 'unknown', until: 'a is there' },
    });
  });
});

describe('the exit code', () => {
  /** What happens on hv01 while hv02 goes the whole way. */
  it.each<[string, { readonly mode: 'apply' | 'check'; readonly node: Node; readonly arrange: () => unknown }, number]>(
    [
      ['0 when a host was changed', { mode: 'apply', node: set('a'), arrange: () => {} }, 0],
      ['1 when a host failed', { mode: 'apply', node: set('a', { make: sh`exit 1` }), arrange: () => {} }, 1],
      [
        '4 when a host is unreachable',
        { mode: 'apply', node: set('a'), arrange: () => fleet.on('hv01').refuse('auth') },
        4,
      ],
      [
        '1 when one failed and another is unreachable',
        { mode: 'apply', node: set('a', { make: sh`exit 1` }), arrange: () => fleet.on('hv01').refuse('unreachable') },
        1,
      ],
      [
        '4 when there are changes and a host is unreachable',
        { mode: 'check', node: set('a'), arrange: () => fleet.on('hv01').refuse('unreachable') },
        4,
      ],
      [
        '5 when there are changes',
        { mode: 'check', node: set('a'), arrange: () => fleet.on('hv01').sh(setAlready('a')) },
        5,
      ],
    ],
  )('is %s', async (_, { mode, node, arrange }, code) => {
    await arrange();
    const ended = await rehearse(fleet, onePlay([node], { stopAfterFailures: 3 }), { mode });
    expect(ended.code).toBe(code);
    expect(eventsOf(ended.events, 'run.finished')[0]?.exitCode).toBe(code);
    if (mode === 'check') expect(ends(ended.events).filter((end) => end.endsWith('changed'))).toEqual([]);
  });
});
