import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { around, inPhases, playbook, sh, step, transaction, unchanged } from '../../../src/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import type { Node, Playbook } from '../../../src/playbook/index.ts';
import { type FakeFleet, fakeFleet, type Rehearsal, type RehearsalOptions } from '../../../src/testing/index.ts';
import { runsOf } from './support/killed.ts';
import './support/patience.ts';
import { madeOn, making, set } from './support/playbooks.ts';
import { ends } from './support/tell.ts';

/** A switch that is exchanged while an agent is held. On a host with /var/lib/broken it does not start, and is undone. */
const swap = transaction(
  'swap',
  { confirm: '120s', deadline: '60s' },
  around(
    'agent is held',
    {
      before: sh`[ ! -e /var/lib/agent ] || echo yes >/var/lib/held; rm -f /var/lib/agent`,
      after: sh`[ ! -e /var/lib/held ] || { : >/var/lib/agent; rm -f /var/lib/held; }`,
    },
    unchanged(
      'flows',
      { read: sh`cat /var/lib/flows`, save: sh`cp /var/lib/flows /var/lib/saved`, end: sh`rm -f /var/lib/saved` },
      step('swapped', {
        read: sh`cat /var/lib/swapped 2>/dev/null || echo no`,
        want: 'yes',
        make: inPhases(
          { title: 'stop', run: sh`: >/var/lib/flows` },
          {
            title: 'start',
            run: sh`[ ! -e /var/lib/broken ] && ${making('swapped')} && cat /var/lib/saved >/var/lib/flows`,
          },
        ),
        undo: sh`rm -f /var/lib/swapped; cat /var/lib/saved >/var/lib/flows`,
      }),
    ),
  ),
);

const plays = (...all: readonly (readonly Node[])[]): Playbook =>
  playbook({
    title: 'test',
    params: {},
    plays: all.map((nodes, index) => ({
      title: `play ${index}`,
      hosts: 'all',
      rollout: { waves: [1, '100%'], concurrency: 2, stopAfterFailures: '100%' },
      steps: () => nodes,
    })),
  });

interface Scenario {
  readonly hosts: readonly string[];
  readonly plays: Playbook;
  /** What is to have been made on each host in the end. */
  readonly steps: readonly string[];
  /** What is wrong beforehand, and what is done right before the run is resumed. */
  readonly prepare?: string;
  readonly mend?: string;
  /** What goes wrong in the run that is killed later on. */
  readonly disturb?: (fleet: FakeFleet) => RehearsalOptions;
}

const scenarios: Readonly<Record<string, Scenario>> = {
  'that went well': {
    hosts: ['hv01', 'hv02'],
    plays: plays([set('first'), set('second')], [swap, set('after')]),
    steps: ['first', 'second', 'swapped', 'after'],
  },
  'in which a host undid itself': {
    hosts: ['hv01'],
    plays: plays([set('before'), swap]),
    steps: ['before', 'swapped'],
    prepare: ': >/var/lib/broken',
    mend: 'rm -f /var/lib/broken',
  },
  'that was cut off from a host in the middle': {
    hosts: ['hv01', 'hv02'],
    plays: plays([set('first'), set('second')]),
    steps: ['first', 'second'],
    disturb: (fleet) => {
      fleet.on('hv02').cutAt(' start 1 ');
      return {};
    },
  },
  'that was interrupted': {
    hosts: ['hv01', 'hv02'],
    plays: plays([swap]),
    steps: ['swapped'],
    disturb: () => {
      const [wind, abort] = [new AbortController(), new AbortController()];
      const accept = ({ type }: Stamped): void => {
        if (type === 'transaction.sent') wind.abort(new Error('interrupted'));
      };
      return { interrupts: { wind: wind.signal, abort: abort.signal }, sink: { name: 'operator', accept } };
    },
  },
};

const clear = 'rm -rf /var/lib/* /run/ovsfleet /etc/systemd/system/*; echo "flow 1" >/var/lib/flows; : >/var/lib/agent';
const remains =
  'until [ -z "$(ls /run/fake-systemd 2>/dev/null)" ]; do sleep 0.02; done; cd /var/lib; cat flows; ls agent held saved 2>/dev/null; ls /etc/systemd/system fake-systemd/enabled 2>/dev/null; :';
/** Flows as they were, the agent at work, no unit. */
const clean = /^flow 1\nagent\n\/etc\/systemd\/system:(\n\nfake-systemd\/enabled:)?$/;

/** What waits a little waits less. */
const shortNaps = 'sleep() { command sleep 0.02; }';
const quick = { instead: { attach: shortNaps, batch: shortNaps, transaction: shortNaps } };

describe.concurrent.each(Object.entries(scenarios))('a run %s', (_, scenario) => {
  const { hosts, steps } = scenario;
  let fleet: FakeFleet;
  beforeAll(async () => {
    fleet = await fakeFleet(Object.fromEntries(hosts.map((host) => [host, {}])));
  });
  afterAll(() => fleet.close());

  const onAll = (script: string) => Promise.all(hosts.map((host) => fleet.on(host).sh(script)));

  /** Everything was done once everywhere, and nothing is left that would have to be put right. */
  const expectDone = async ({ code, events }: Rehearsal, at: string) => {
    const bad = ends(events).filter((end) => !/(changed|current)$/.test(end));
    expect({ at, code, bad }).toEqual({ at, code: 0, bad: [] });
    for (const host of hosts) {
      const made = (await fleet.on(host).sh(madeOn)).split('\n');
      expect({ at, host, made: made.toSorted() }).toEqual({ at, host, made: steps.toSorted() });
      expect(await fleet.on(host).sh(remains), `${host}, ${at}`).toMatch(clean);
    }
  };

  it('can be resumed from every beginning of its journal, also a torn one, and each step was made once', async () => {
    for (let at = 0, over = false; !over; at += 1) {
      await onAll(`${clear}; ${scenario.prepare ?? ':'}`);
      for (const host of hosts) fleet.on(host).accept();
      const runs = await runsOf(fleet, scenario.plays);
      try {
        const disturbed = scenario.disturb?.(fleet) ?? {};
        over = (await runs.killedAt(at, { ...quick, ...disturbed })) !== null;
        if (at % 2 === 1) await runs.tear();
        await onAll(scenario.mend ?? ':');
        // Every third resume is killed as well, somewhere.
        if (at % 3 === 2) await runs.killedAt((at * 7) % 23, quick);
        const resumed = await runs.killedAt(Number.POSITIVE_INFINITY, quick);
        if (resumed === null) throw new Error('nobody killed it');
        await expectDone(resumed, `killed after event ${at}`);
      } finally {
        await runs.dispose();
      }
    }
    // One event at a time, by real shells, twice each.
  }, 900_000);
});
