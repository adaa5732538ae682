import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ByHand,
  listTransactions,
  type Services,
  settleByHand,
  showTransaction,
  undoByHand,
} from '../../../src/execute/index.ts';
import { playbook, sh } from '../../../src/index.ts';
import type { Connection } from '../../../src/model/ports.ts';
import type { Node } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, type RehearsalOptions, rehearse } from '../../../src/testing/index.ts';
import './support/patience.ts';
import { onePlay } from './support/playbooks.ts';
import { servicesFor } from './support/services.ts';
import { asBefore, content, exchanged, prepare, quick, states, swap } from './support/swap.ts';
import { ends, eventsOf, reasons } from './support/tell.ts';

let fleet: FakeFleet;
beforeAll(async () => {
  fleet = await fakeFleet({ hv01: {} });
});
afterAll(() => fleet.close());
const host = () => fleet.on('hv01');
beforeEach(async () => {
  host().accept();
  await host().reboot();
  await host().sh(`${prepare}; rm -f /etc/systemd/system/*`);
});
const run = (node: Node, options: RehearsalOptions = {}) =>
  rehearse(fleet, onePlay([node]), { instead: quick, ...options });

/** What an operator does by hand on the host. */
const byHand = async <T>(act: (connection: Connection, services: Services) => Promise<T>): Promise<T> => {
  const services = servicesFor(fleet, quick);
  try {
    return await act(await services.connections.get(host().host), services);
  } finally {
    await services.connections.closeAll();
  }
};
const undo = (): Promise<ByHand> => byHand((connection, services) => undoByHand(connection, '', 'ann@ctl1', services));
const settle = (differences: 'refuse' | 'accept' = 'refuse'): Promise<ByHand> =>
  byHand((connection, services) => settleByHand(connection, '', 'ann@ctl1', differences, services));
const list = () => byHand(listTransactions);
const show = () => byHand((connection, services) => showTransaction(connection, '', services));

/** Its program takes time at the phase `start`, until a file is there. */
const waits = swap({
  start: sh`
    : >/run/here
    until [ -e /run/go-on ]; do sleep 0.05; done
    echo new >/var/lib/release; cat /var/lib/saved >/var/lib/flows
  `,
});
/** Begins it and goes away. */
const abandon = async (node: Node): Promise<void> => {
  host().cutAt('phase start', 'host-key-changed');
  await run(node);
  host().accept();
  await host().sh('until [ -e /run/here ]; do sleep 0.05; done');
};

/** It fails, and its undo fails while a file is there. */
const getsStuck = swap({
  start: sh`exit 7`,
  undo: sh`[ ! -e /var/lib/stubborn ] || exit 9; echo old >/var/lib/release; echo 'flow 1' >/var/lib/flows`,
});
const stuck = async (): Promise<void> => {
  await host().sh('touch /var/lib/stubborn');
  const { events } = await run(getsStuck);
  expect(ends(events)).toEqual(['hv01 stuck']);
};

describe('a host on which a transaction got stuck', () => {
  it('is not taken by any run until it is put right, and says what to type', async () => {
    await stuck();
    const { code, events } = await run(swap());
    expect(code).toBe(1);
    expect(ends(events)).toEqual(['hv01 stuck']);
    expect(reasons(events)[0]).toMatch(/^transaction.left-stuck hv01: swap got stuck there earlier/);
    const [finished] = eventsOf(events, 'host.finished');
    expect(finished?.problem?.remedy).toContain('ovsfleet tx show hv01');
  });

  it('is undone after all when what was in the way is gone', async () => {
    await stuck();
    await host().sh('rm /var/lib/stubborn');
    expect(await undo()).toMatchObject({ is: 'seen', end: { is: 'undone' } });
    expect(await host().sh(content)).toBe(asBefore);
    expect((await run(swap())).code).toBe(0);
  });

  it('is stuck again when it is not, and can be tried once more', async () => {
    await stuck();
    expect(await undo()).toMatchObject({ is: 'seen', end: { is: 'stuck' } });
    await host().sh('rm /var/lib/stubborn');
    expect(await undo()).toMatchObject({ is: 'seen', end: { is: 'undone' } });
  });

  it('that crashes while the undo is tried again goes on with it as it boots', async () => {
    await stuck();
    await host().sh("rm /var/lib/stubborn; echo 'phase undo' >/var/lib/hang-at");
    const trying = undo();
    await host().sh('until [ -e /run/hangs ]; do sleep 0.02; done');
    await host().reboot();
    expect(await trying).toMatchObject({ is: 'seen', end: { is: 'undone' } });
    expect(await host().sh(content)).toBe(asBefore);
  });

  it('counts as undone when it was put right by hand, once everything has been read again', async () => {
    await stuck();
    expect(await settle()).toMatchObject({ is: 'differs', differences: expect.stringContaining('  was: flow 1') });
    await host().sh('echo old >/var/lib/release; echo "flow 1" >/var/lib/flows');
    expect(await settle()).toMatchObject({ is: 'put-right' });
    expect((await list()).map(({ state, title }) => [state, title])).toEqual([['undone', 'swap']]);
    expect((await run(swap())).code).toBe(0);
  });

  it('is free again when what differs is accepted, which is written down there', async () => {
    await stuck();
    await host().sh('rm /var/lib/stubborn; echo old >/var/lib/release');
    expect(await settle('accept')).toMatchObject({ is: 'accepted', differences: expect.stringContaining('flow 1') });
    expect(await host().sh('cat /var/lib/ovsfleet/tx/*/accepted')).toMatch(
      /^accepted by ann@ctl1, .*\nflows\n {2}was: flow 1$/,
    );
    expect((await show())?.accepted).toContain('accepted by ann@ctl1');
    expect((await run(swap())).code).toBe(0);
  });

  it('shows its phases, why it failed, why its undo failed, what differs, and the end of its log', async () => {
    await stuck();
    const story = await show();
    expect(story).toMatchObject({ state: 'stuck', title: 'swap', owner: 'tester@controller:/fleet', accepted: '' });
    expect(story?.reason).toContain('"start" ended with status 7');
    expect(story?.undoReason).toContain('"undo: release" ended with status 9');
    expect(story?.differs).toContain('< old');
    expect(story?.lines.flatMap((line) => (line.is === 'phase' ? [line.phase] : []))).toContain('undo: release');
    expect(story?.log).toContain('== ');
  });
});

describe('a transaction that is open', () => {
  it('is undone when an operator says so, with whatever its phase had started', async () => {
    await abandon(waits);
    expect(await undo()).toMatchObject({
      is: 'seen',
      end: { is: 'undone', reason: 'undone by hand, by ann@ctl1' },
    });
    expect(await host().sh(content)).toBe(asBefore);
  });

  it('is undone also while it waits to be confirmed', async () => {
    host().cutAt('phase verify', 'host-key-changed');
    await run(swap());
    host().accept();
    await host().sh(`until ${states} | grep -q awaiting; do sleep 0.05; done`);
    expect(await undo()).toMatchObject({ is: 'seen', end: { is: 'undone' } });
    expect(await host().sh(content)).toBe(asBefore);
  });

  it('is seen to its end, and confirmed, when an operator says so', async () => {
    await abandon(waits);
    await host().sh('touch /run/go-on');
    expect(await settle()).toMatchObject({ is: 'seen', end: { is: 'done' } });
    expect(await host().sh(content)).toBe(exchanged);
  });

  it('and is found by a run is told of in the play that takes the host, not in one of other hosts', async () => {
    await abandon(waits);
    await host().sh('touch /run/go-on');
    const plays = playbook({
      title: 'test',
      params: {},
      plays: [
        { title: 'elsewhere', hosts: 'hv02', steps: () => swap() },
        { title: 'here', hosts: 'hv01', steps: () => swap() },
      ],
    });
    const { events } = await rehearse(fleet, plays, { instead: quick });
    expect(eventsOf(events, 'transaction.attached')[0]).toMatchObject({ found: true, play: 1 });
    expect(ends(events)).toEqual(['hv01 current']);
  });

  it('that has ended is neither undone nor settled', async () => {
    await run(swap());
    expect(await undo()).toMatchObject({ is: 'settled', state: 'done' });
    expect(await settle()).toMatchObject({ is: 'settled', state: 'done' });
    expect(await host().sh(content)).toBe(exchanged);
  });

  it('is none where there is none', async () => {
    expect(await undo()).toEqual({ is: 'none' });
    expect(await settle()).toEqual({ is: 'none' });
    expect(await show()).toBeNull();
    expect(await list()).toEqual([]);
  });
});

describe('a user who is not root', () => {
  // Where this itself runs as root of a user namespace there is nobody else to be: what makes root see all is taken from it.
  const notRoot =
    process.getuid?.() === 0
      ? 'setpriv --reuid=65534 --regid=65534 --clear-groups'
      : 'chmod 0 /var/lib/ovsfleet; setpriv --bounding-set=-all --inh-caps=-all';
  const asOther = async <T>(act: (connection: Connection, services: Services) => Promise<T>): Promise<T> =>
    byHand((connection, services) => {
      const run: Connection['run'] = (program, options) =>
        connection.run(`${notRoot} sh -s <<'end-of-other'\n${program}end-of-other\n`, options);
      return act({ ...connection, run }, services);
    });

  it.each<[string, (connection: Connection, services: Services) => Promise<unknown>]>([
    ['lists', listTransactions],
    ['shows', (connection, services) => showTransaction(connection, '', services)],
    ['undoes', (connection, services) => undoByHand(connection, '', 'bob@ctl1', services)],
    ['settles', (connection, services) => settleByHand(connection, '', 'bob@ctl1', 'refuse', services)],
  ])('%s none of the transactions that are there, is told that only root can see them, and how to', async (_, act) => {
    await run(swap());
    await expect(asOther(act)).rejects.toMatchObject({
      code: 'transaction.hidden',
      message: expect.stringMatching(/^hv01: .*only root can see them, and this was asked as \w+\.$/),
      remedy: expect.stringContaining(' -b,'),
    });
  });

  it('is told that there are none where none can be', async () => {
    await host().sh('rm -rf /var/lib/ovsfleet');
    expect(await asOther(listTransactions)).toEqual([]);
  });
});

describe('a transaction whose unit was removed by hand', () => {
  const remove = 'rm -f /etc/systemd/system/* /var/lib/fake-systemd/enabled/*';
  const ended = (state: string) => `until ${states} | grep -q '^${state}$'; do sleep 0.1; done`;

  it('while it changes the host gets it back, and ends well with nobody watching', async () => {
    await abandon(swap({ start: sh`: >/run/here; until [ -e /run/go-on ]; do sleep 0.05; done; exit 7` }));
    await host().sh(`${remove}; until [ -n "$(ls /etc/systemd/system)" ]; do sleep 0.05; done; touch /run/go-on`);
    await host().sh(ended('undone'));
    expect(await host().sh(content)).toBe(asBefore);
  });

  it('and whose process was killed in the same breath is undone with nobody watching', async () => {
    await abandon(waits);
    await host().sh(`${remove}; kill -9 "$(cut -d ' ' -f 1 /var/lib/ovsfleet/tx/*/main)"; ${ended('undone')}`);
    expect(await host().sh(content)).toBe(asBefore);
    // What the phase had started is gone, too: it would have gone on beside its own undo.
    expect(await host().sh('touch /run/go-on; sleep 0.3; cat /var/lib/release')).toBe('old');
  });

  it('while it waits to be confirmed is undone when nobody comes', async () => {
    host().cutAt('phase verify', 'host-key-changed');
    await run({ ...swap(), confirmMs: 3000 });
    await host().sh(`until ${states} | grep -q awaiting; do sleep 0.05; done; ${remove}; ${ended('undone')}`);
    expect(await host().sh(content)).toBe(asBefore);
  });
});

describe('a power cut', () => {
  const hangsAt = async (node: Node, at: string) => {
    await host().sh(`echo '${at}' >/var/lib/hang-at`);
    const running = run(node);
    await host().sh('until [ -e /run/hangs ]; do sleep 0.02; done');
    await host().reboot();
    return (await running).events;
  };

  it.each(['phase end: flows', 'phase end: agent is held', 'state undone'])(
    'after a proven undo, at "%s", leaves it undone: the undo is looked at, and not made again',
    async (at) => {
      const events = await hangsAt(swap({ start: sh`exit 7` }), at);
      expect(ends(events)).toEqual(['hv01 undone']);
      expect(await host().sh(content)).toBe(asBefore);
      const phases = await host().sh("cut -d ' ' -f 3- /var/lib/ovsfleet/tx/*/events");
      expect(phases.match(/^undo: release$/gm)).toHaveLength(1);
    },
  );

  it('after a proven undo that did not last is undone once more', async () => {
    await host().sh("echo 'phase end: flows' >/var/lib/hang-at");
    const running = run(
      swap({ start: sh`exit 7`, undo: sh`echo old >/var/lib/release; echo 'flow 1' >/var/lib/flows` }),
    );
    await host().sh('until [ -e /run/hangs ]; do sleep 0.02; done; echo new >/var/lib/release');
    await host().reboot();
    expect(ends((await running).events)).toEqual(['hv01 undone']);
    expect(await host().sh(content)).toBe(asBefore);
  });

  it('while it waits to be confirmed is undone, however quickly somebody comes to confirm it', async () => {
    host().cutAt('phase verify', 'host-key-changed');
    await run(swap());
    host().accept();
    await host().sh(`until ${states} | grep -q awaiting; do sleep 0.05; done; rm -f /var/lib/fake-systemd/enabled/*`);
    // Nobody has started its unit yet when the controller is there.
    await host().reboot();
    const { events } = await run({ ...swap(), confirmMs: 60_000 });
    expect(eventsOf(events, 'transaction.state').map(({ state }) => state)).toContain('undone');
    expect(eventsOf(events, 'warning').map(({ problem }) => problem.code)).toContain('transaction.found-undone');
  });
});

describe('a disk that is full', () => {
  /** A disk of its own below /var/lib/ovsfleet, of so many KiB. */
  const small = (kib: number) =>
    host().sh(`mkdir -p /var/lib/ovsfleet && mount -t tmpfs -o size=${kib}k none /var/lib/ovsfleet`);
  const fill = 'dd if=/dev/zero of=/var/lib/ovsfleet/filler bs=4096 2>/dev/null || :';
  const unmount = () => host().sh('umount -l /var/lib/ovsfleet; rm -rf /var/lib/ovsfleet');

  it('keeps a transaction from being begun where there is no room for its end', async () => {
    await small(4096);
    const { code, events } = await run(swap());
    expect(code).toBe(1);
    expect(reasons(events)[0]).toMatch(
      /^host.broken hv01: the transaction's files cannot be written to .* KiB are free on /,
    );
    expect(await host().sh('cat /var/lib/release; ls /var/lib/ovsfleet/tx /etc/systemd/system')).toBe(
      'old\n/etc/systemd/system:\n\n/var/lib/ovsfleet/tx:',
    );
    await unmount();
  });

  it.each([
    [
      'while it changes the host',
      sh`${{ text: fill, libraries: [] }}; echo new >/var/lib/release; exit 7`,
      /"start" ended with status 7; the disk is full/,
    ],
    [
      'and the change succeeds all the same',
      sh`${{ text: fill, libraries: [] }}; echo new >/var/lib/release; cat /var/lib/saved >/var/lib/flows`,
      /; the disk is full/,
    ],
  ])('%s does not keep it from its end, nor from saying why', async (_, start, why) => {
    await small(16_384);
    const { events } = await run(swap({ start }));
    expect(ends(events)).toEqual(['hv01 undone']);
    expect(reasons(events)[0]).toMatch(why);
    expect(await host().sh(content)).toBe(asBefore);
    await unmount();
  });
});

describe('a host full of old transactions', () => {
  it('is cleared of all but the newest and the stuck ones, and takes no longer', async () => {
    await host().sh(`
      mkdir -p /var/lib/ovsfleet/tx && cd /var/lib/ovsfleet/tx
      n=0
      while [ $n -lt 1000 ]; do mkdir old-$n; echo done >old-$n/state; echo x >old-$n/events; n=$((n+1)); done
      echo stuck >old-7/state; echo ann >old-7/accepted; echo stuck >old-8/state; echo ann >old-8/accepted
      mkdir half-sent; echo x >half-sent/title
    `);
    expect((await run(swap())).code).toBe(0);
    expect(Number(await host().sh('ls /var/lib/ovsfleet/tx | wc -l'))).toBe(6);
    expect(await host().sh('ls /var/lib/ovsfleet/tx | grep -c half || :')).toBe('0');
  });
});
