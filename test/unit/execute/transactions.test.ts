import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sh, step, verify } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import type { Node } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, type RehearsalOptions, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { onePlay } from './support/playbooks.ts';
import { asBefore, content, exchanged, prepare, quick, shortNaps, states, swap } from './support/swap.ts';
import { ends, eventsOf, reasons, steps } from './support/tell.ts';

const told = (events: readonly Stamped[], host: string): readonly string[] =>
  events.flatMap((event) => {
    if (!('host' in event) || event.host !== host) return [];
    if (event.type === 'transaction.phase') return [event.phase];
    if (event.type === 'transaction.state') return [`(${event.state})`];
    return [];
  });

describe('a transaction', () => {
  let fleet: FakeFleet;
  beforeAll(async () => {
    fleet = await fakeFleet({ hv01: {} });
  });
  afterAll(() => fleet.close());
  const host = () => fleet.on('hv01');
  const run = (node: Node, options: RehearsalOptions = {}) =>
    rehearse(fleet, onePlay([node]), { instead: quick, ...options });
  beforeEach(async () => {
    host().accept();
    await host().reboot();
    await host().sh(`${prepare}; rm -f /etc/systemd/system/*`);
  });

  it('tells its phases in order, is confirmed over a connection of its own, and leaves nothing behind', async () => {
    const { code, events } = await run(swap());
    expect(code).toBe(0);
    expect(told(events, 'hv01')).toEqual([
      ...['(prepared)', '(running)', 'agent is held', 'capture: flows', 'stop', 'start', 'hostname', 'verify'],
      ...['(awaiting)', '(confirmed)', 'end: flows', 'end: agent is held', '(done)'],
    ]);
    expect(ends(events)).toEqual(['hv01 changed']);
    expect(await host().sh(content)).toBe(exchanged);
    expect(host().logins()).toBeGreaterThanOrEqual(2);
  });

  it('says of its steps what the host read before and after', async () => {
    const { events } = await run(swap());
    expect(steps(events, 'hv01')).toEqual(['release changed old→new', 'hostname changed none→kept']);
  });

  it('is not begun when all in it is as wanted', async () => {
    await host().sh('echo new >/var/lib/release; echo kept >/var/lib/hostname');
    const { code, events } = await run(swap());
    expect(code).toBe(0);
    expect(eventsOf(events, 'transaction.sent')).toEqual([]);
    expect(await host().sh('ls /var/lib/log 2>&1 || :')).toContain('No such file');
  });

  it.each<[string, Node, string]>([
    [
      'whose phase fails',
      swap({ start: sh`echo 'cannot open the database' >&2; exit 7` }),
      '"start" ended with status 7',
    ],
    [
      'after which something is not as before',
      swap({ start: sh`echo new >/var/lib/release` }),
      'flows: not as before: was: flow 1',
    ],
    [
      'after which a step does not read as wanted',
      swap({ start: sh`echo newer >/var/lib/release; cat /var/lib/saved >/var/lib/flows` }),
      'release does not read as wanted: was: new',
    ],
    [
      'in which a check does not hold',
      swap({ extra: [verify('daemons answer', { read: sh`echo no`, want: 'yes' })] }),
      'daemons answer does not read as wanted: was: yes',
    ],
  ])('%s is undone by the host, with the reason', async (_, node, reason) => {
    const { code, events } = await run(node);
    expect(code).toBe(1);
    expect(ends(events)).toEqual(['hv01 undone']);
    expect(reasons(events)[0]).toContain(reason);
    expect(await host().sh(content)).toEqual(asBefore);
    expect(await host().sh('cat /var/lib/log')).toBe('stop\nreleased');
    expect(
      eventsOf(events, 'transaction.log')
        .map(({ text }) => text)
        .join(''),
    ).toContain('== ');
  });

  it('whose undo fails is stuck, says so, and lets go of what it held all the same', async () => {
    const { code, events } = await run(swap({ start: sh`exit 7`, undo: sh`exit 9` }));
    expect(code).toBe(1);
    expect(ends(events)).toEqual(['hv01 stuck']);
    expect(reasons(events)[0]).toContain('"start" ended with status 7');
    expect(await host().sh('ls /var/lib/held 2>&1 || :')).toContain('No such file');
  });

  it('that hangs is undone when its time is over', async () => {
    const hangs = { ...swap({ start: sh`sleep 1000` }), confirmMs: 1000, deadlineMs: 1000 };
    const { events } = await run(hangs);
    expect(ends(events)).toEqual(['hv01 undone']);
    expect(reasons(events)[0]).toMatch(/not done within 2 s|its process was ended/);
    expect(await host().sh(content)).toEqual(asBefore);
  });

  it('that prints without end does not fill the disk, and still says what failed', async () => {
    const node = swap({
      start: sh`
        yes 'a line of many' | head -n 1500000
        patience=300
        until [ "$(wc -c <"$TX/log")" -lt 1000000 ] || [ "$patience" -eq 0 ]; do
          sleep 0.1
          patience=$((patience - 1))
        done
        echo 'cannot open the database' >&2
        exit 7
      `,
    });
    const { events } = await run(node);
    expect(ends(events)).toEqual(['hv01 undone']);
    expect(reasons(events)[0]).toContain('"start" ended with status 7: cannot open the database');
    expect(Number(await host().sh('cat /var/lib/ovsfleet/tx/*/log | wc -c'))).toBeLessThan(1_000_000);
    expect(await host().sh('cat /var/lib/ovsfleet/tx/*/log')).toContain('what was before this is left out');
  });

  it('for which nobody comes back is undone by itself', async () => {
    host().cutAt('phase start', ...Array.from({ length: 1000 }, () => 'unreachable' as const));
    const { code, events } = await run({ ...swap(), confirmMs: 1000 });
    expect(code).toBe(4);
    expect(ends(events)).toEqual(['hv01 in-doubt']);
    await host().sh(`until ${states} | grep -q undone; do sleep 0.1; done`);
    expect(await host().sh(content)).toEqual(asBefore);
    expect(await host().sh('cat /var/lib/ovsfleet/tx/*/reason')).toBe('nobody came back to confirm within 1 s');
  });

  it('of a host that lets nobody in any more to confirm it is in doubt, whatever keeps us out', async () => {
    const sink = {
      name: 'shut',
      accept: (event: Stamped) => {
        // The next login is that which confirms it.
        if (event.type === 'transaction.attached') host().refuse('auth');
      },
    };
    const { code, events } = await run(swap(), { sink });
    expect(code).toBe(4);
    expect(ends(events)).toEqual(['hv01 in-doubt']);
  });

  it('that is confirmed too late stays undone', async () => {
    const late = `
      mv() {
        case $2 in */confirmed) until [ -e "\${2%/*}/expired" ]; do command sleep 0.05; done ;; esac
        command mv "$@"
      }`;
    const { events } = await run(
      { ...swap(), confirmMs: 1000 },
      { instead: { ...quick, attach: `${quick.attach}\n${late}` } },
    );
    expect(ends(events)).toEqual(['hv01 undone']);
    expect(await host().sh(content)).toEqual(asBefore);
  });

  it('that is confirmed at the moment when its patience ends stays done', async () => {
    const early = `
      mv() {
        case $2 in */expired) until [ -e "$TX/confirmed" ]; do command sleep 0.05; done ;; esac
        command mv "$@"
      }`;
    const { events } = await run(
      { ...swap(), confirmMs: 1000 },
      {
        instead: {
          attach: `${shortNaps}\nmv() { command sleep 0.4; command mv "$@"; }`,
          transaction: `${shortNaps}\n${early}`,
        },
      },
    );
    expect(ends(events)).toEqual(['hv01 changed']);
    expect(await host().sh(content)).toBe(exchanged);
  });

  it.each(['state prepared', 'phase stop', 'phase verify', 'state awaiting', 'phase end', 'state done'])(
    'is followed through a link that is lost at "%s"',
    async (said) => {
      host().cutAt(said, 'unreachable', 'refused');
      const { code, events } = await run(swap());
      expect(code).toBe(0);
      expect(ends(events)).toEqual(['hv01 changed']);
      const indexes = [...eventsOf(events, 'transaction.phase'), ...eventsOf(events, 'transaction.state')].map(
        ({ index }) => index,
      );
      expect(new Set(indexes).size).toBe(indexes.length);
      expect(await host().sh('cat /var/lib/log')).toBe('stop\nreleased');
    },
  );

  it('that was cut off while it was sent never began, and is sent again', async () => {
    host().cutSending('fleet_tx_make ');
    const { code, events } = await run(swap());
    expect(reasons(events)).toEqual([]);
    expect(code).toBe(0);
    expect(eventsOf(events, 'transaction.sent')).toHaveLength(2);
    expect(await host().sh('cat /var/lib/log')).toBe('stop\nreleased');
  });

  it('in which nothing is to be done, yet a check does not hold, is no success', async () => {
    await host().sh('echo new >/var/lib/release; echo kept >/var/lib/hostname');
    const failing = verify('daemons answer', { read: sh`echo no`, want: 'yes' });
    const { code, events } = await run(swap({ extra: [failing] }));
    expect(code).toBe(1);
    expect(reasons(events)).toEqual(['step.failed hv01: daemons answer: it reads "no" in place of "yes".']);
    expect(eventsOf(events, 'transaction.sent')).toEqual([]);
  });

  it.each(['phase agent', 'phase stop', 'phase hostname', 'phase verify'])(
    'in which the host is rebooted at "%s" is undone as it boots, and the run goes on to do it',
    async (at) => {
      await host().sh(`echo '${at}' >/var/lib/hang-at`);
      const running = run(swap());
      await host().sh('until [ -e /run/hangs ]; do sleep 0.02; done');
      await host().reboot();
      const { events } = await running;
      expect(ends(events)).toEqual(['hv01 undone']);
      expect(reasons(events)[0]).toContain('the host was rebooted in the middle');
      expect(await host().sh(content)).toEqual(asBefore);
      expect((await run(swap())).code).toBe(0);
    },
  );

  it('that was confirmed before the host was rebooted is settled as it boots', async () => {
    await host().sh("echo 'state confirmed' >/var/lib/hang-at");
    const running = run(swap());
    await host().sh('until [ -e /run/hangs ]; do sleep 0.02; done');
    await host().reboot();
    const { code, events } = await running;
    expect(reasons(events)).toEqual([]);
    expect(code).toBe(0);
    expect(await host().sh(content)).toBe(exchanged);
  });

  it.each(['bash', 'busybox'])('ends well, and badly, where /bin/sh is %s', async (shell) => {
    await host().sh(`mv /bin/sh /bin/sh.real; ln -sf "$(command -v ${shell})" /bin/sh`);
    const failed = await run(swap({ start: sh`exit 7` }));
    expect(ends(failed.events)).toEqual(['hv01 undone']);
    expect(await host().sh(content)).toBe(asBefore);
    const { code, events } = await run(swap());
    await host().sh('mv -f /bin/sh.real /bin/sh');
    expect(reasons(events)).toEqual([]);
    expect(code).toBe(0);
    expect(steps(events, 'hv01')).toEqual(['release changed old→new', 'hostname changed none→kept']);
    expect(await host().sh(content)).toBe(exchanged);
  });

  it('of which the last to be done, taking its unit away, was not, is cleared away by the next', async () => {
    await host().sh("echo 'state done' >/var/lib/kill-at");
    expect((await run(swap())).code).toBe(0);
    expect(await host().sh('ls /etc/systemd/system')).not.toBe('');
    await host().sh('echo old >/var/lib/release');
    expect((await run(swap())).code).toBe(0);
    expect(await host().sh(content)).toBe(exchanged);
  });

  it('waits for what a step was given time for, and no longer for all else', async () => {
    const slow = step('late', {
      read: sh`[ -e /var/lib/asked ] && cat /var/lib/late || echo off`,
      want: 'on',
      make: sh`
        : >/var/lib/asked; echo off >/var/lib/late
        ( command sleep 1; echo on >/var/lib/late ) >/dev/null 2>&1 &
      `,
      undo: sh`rm -f /var/lib/asked`,
      within: '90s',
    });
    expect((await run(swap({ extra: [slow] }))).code).toBe(0);
  });

  describe('found open by another run', () => {
    const abandon = async (node: Node, at: string) => {
      host().cutAt(at, 'host-key-changed');
      const { events } = await run(node);
      expect(ends(events)[0]).toMatch(/^hv01 (in-doubt|unreachable)/);
    };

    it('is taken up where it stands, confirmed, and the host is found current', async () => {
      await abandon(swap(), 'phase stop');
      const { code, events } = await run(swap());
      expect(code).toBe(0);
      expect(eventsOf(events, 'transaction.attached')[0]).toMatchObject({
        ...{ found: true, title: 'swap', owner: 'tester@controller:/fleet' },
        sinceMs: Number(await host().sh('head -n 1 /var/lib/ovsfleet/tx/*/events | cut -d " " -f 1')),
      });
      expect(ends(events)).toEqual(['hv01 current']);
      expect(await host().sh(content)).toBe(exchanged);
      expect(await host().sh('cat /var/lib/log')).toBe('stop\nreleased');
    });

    it('is only told of by a check, which changes nothing', async () => {
      await abandon(swap({ start: sh`until [ -e /run/go-on ]; do sleep 0.05; done` }), 'phase start');
      const { code, events } = await run(swap(), { mode: 'check' });
      expect(code).toBe(1);
      expect(reasons(events)[0]).toMatch(
        /^transaction.open hv01: a transaction is open there: swap, begun by tester@controller:.fleet, since \S+Z\.$/,
      );
      await host().sh('touch /run/go-on');
    });

    it('is discarded when it was prepared and never started, and the run goes on', async () => {
      await host().sh('echo start >/run/systemctl-fails');
      const first = await run(swap());
      expect(reasons(first.events)[0]).toMatch(/^transaction.not-begun /);
      await host().sh('rm /run/systemctl-fails');
      const { code, events } = await run(swap());
      expect(code).toBe(0);
      expect(told(events, 'hv01')).toContain('(undone)');
      expect(ends(events)).toEqual(['hv01 changed']);
      expect(await host().sh('cat /var/lib/log')).toBe('stop\nreleased');
    });

    it('is brought to its end also when its unit is gone', async () => {
      await host().sh('echo start >/run/systemctl-fails');
      await run(swap());
      await host().sh('rm /run/systemctl-fails /etc/systemd/system/*');
      const { code, events } = await run(swap());
      expect(code).toBe(0);
      expect(ends(events)).toEqual(['hv01 changed']);
    });
  });
});

/** Where to kill the program, and how it must end then. */
const killed: readonly (readonly [string, 'undone' | 'done', boolean])[] = [
  ['state running', 'undone', false],
  ['phase agent is held', 'undone', false],
  ['phase capture: flows', 'undone', false],
  ['phase stop', 'undone', false],
  ['phase start', 'undone', false],
  ['phase hostname', 'undone', false],
  ['phase verify', 'undone', false],
  ['state awaiting', 'undone', false],
  ['state confirmed', 'done', false],
  ['phase end: flows', 'done', false],
  ['phase end: agent is held', 'done', false],
  // From here on the change fails by itself, and the undoing is killed.
  ['state undoing', 'undone', true],
  ['phase undo: hostname', 'undone', true],
  ['phase undo: release', 'undone', true],
  ['phase verify the undo', 'undone', true],
  ['phase end: flows', 'undone', true],
  ['phase end: agent is held', 'undone', true],
];

describe('a program that is killed with -9', () => {
  let fleet: FakeFleet;
  let events: readonly Stamped[];
  const name = (row: number): string => `hv${String(row + 1).padStart(2, '0')}`;

  beforeAll(async () => {
    fleet = await fakeFleet(Object.fromEntries(killed.map((_, row) => [name(row), {}])));
    await Promise.all(
      killed.map(([at, , fails], row) =>
        fleet.on(name(row)).sh(`${prepare}; echo '${at}' >kill-at; ${fails ? 'touch fails' : ':'}`),
      ),
    );
    // Its state is there to be read before the kill comes: a quick controller would have confirmed it by then.
    const awaiting = name(killed.findIndex(([at]) => at === 'state awaiting'));
    await fleet.on(awaiting).sh('touch /var/lib/confirm-late');
    const failing = verify('daemons answer', { read: sh`[ -e /var/lib/fails ] && echo no || echo yes`, want: 'yes' });
    const play = onePlay([swap({ extra: [failing] })], { concurrency: 99, stopAfterFailures: 99 });
    ({ events } = await rehearse(fleet, play, { instead: quick }));
  }, 120_000);
  afterAll(() => fleet.close());

  it.each(killed.map(([at, end, fails], row) => [at, fails ? ' of one that fails' : '', end, name(row)] as const))(
    'at "%s"%s still ends %s, with the agent let go and nothing left behind',
    async (_, __, end, host) => {
      expect(ends(events)).toContain(`${host} ${end === 'done' ? 'changed' : 'undone'}`);
      expect(await fleet.on(host).sh(`${states}; ls /var/lib/kill-at 2>/dev/null || :`)).toBe(end);
      expect(await fleet.on(host).sh(content)).toEqual(end === 'done' ? exchanged : asBefore);
    },
  );
});
