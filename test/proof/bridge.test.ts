import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { createLook, plainSink } from '../../src/render/index.ts';
import { bringUp, ownName, say } from '../lab/support/bring-up.ts';
import { type Dump, dump } from '../lab/support/dump.ts';
import { expectSwapped, expectUnswapped } from '../lab/support/faults.ts';
import { transactionStates } from '../lab/support/hosts.ts';
import { controller, type Ended, eventsOf, logOf, outcomes, reasonOf } from '../lab/support/product.ts';
import { type Kind, kinds } from './bridge/kinds.ts';
import { type Score, tableOf } from './bridge/table.ts';

const count = Number(process.env['OVSFLEET_BRIDGE_HOSTS'] ?? '20');

/** What an operator's log says of a run. */
const logText = ({ events }: Ended): string => {
  let text = '';
  const sink = plainSink({
    look: createLook({ colour: 0, glyphs: 'unicode' }),
    verbosity: 1,
    zone: 'UTC',
    write: (part) => {
      text += part;
    },
  });
  for (const event of events) sink.accept(event);
  sink.close([]);
  return text;
};

/** A few at a time: their answers cross the machine's cores as well. */
const eachHost = async <T>(hosts: readonly string[], act: (host: string) => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let at = 0; at < hosts.length; at += 4) results.push(...(await Promise.all(hosts.slice(at, at + 4).map(act))));
  return results;
};

describe(`${count} hosts whose only way in goes over the switch that is exchanged`, () => {
  const NAME = ownName('proof-bridge');
  let lab: Lab;
  let hosts: readonly string[];
  const scores: Score[] = [];

  beforeAll(async () => {
    lab = await bringUp(NAME, { over: count, builder: 1 });
    hosts = lab.hosts.filter(({ profile }) => profile === 'over').map(({ name }) => name);
  });
  afterAll(async () => {
    process.stdout.write(`\n${tableOf(scores)}\n`);
    await removeLab(NAME);
  });

  test('are told before that the way in goes over br-ex', async () => {
    const plan = await (await controller(lab, 'planner')).run([
      'plan',
      'playbooks/upgrade.ts',
      '--limit',
      'hypervisors',
    ]);
    const noted = eventsOf(plan.events, 'warning').filter(({ problem }) =>
      problem.message.includes('over bridge br-ex'),
    );
    expect(noted.map(({ host }) => host).toSorted()).toEqual(hosts);
    expect(plan.code).toBe(5);
  });

  /** What is wrong with how a host ended; `null` when nothing is. */
  const complaint = async (host: string, kind: Kind, run: Ended, was: Dump): Promise<string | null> => {
    try {
      expect(outcomes(run.events)[host], reasonOf(run.events, host) + logOf(run.events, host)).toBe(kind.outcome);
      expect(reasonOf(run.events, host)).toMatch(kind.reason);
      const before = (await transactionStates(lab, host)).slice(0, -1);
      if (kind.outcome === 'undone') await expectUnswapped(lab, host, was);
      else await expectSwapped(lab, host, was, [...before, 'done']);
      return null;
    } catch (error) {
      return `${host}: ${error instanceof Error ? error.message : String(error)}`;
    }
  };

  test.each(kinds.map((kind) => ({ kind, name: kind.name })))('$name', async ({ kind }) => {
    // What an earlier kind broke was the staged release.
    await eachHost(hosts, (host) => say(lab, host, 'rm -rf /opt/ovsfleet/ovs'));
    const was = new Map(await eachHost(hosts, async (host) => [host, await dump(lab, host)] as const));
    const vars = { disturb_at: kind.at, disturb_by: kind.by };
    const operator = await controller(lab, `operator-${kinds.indexOf(kind)}`, {
      vars: Object.fromEntries(hosts.map((host) => [host, vars])),
    });
    const run = await operator.run(['run', 'test/lab/playbooks/disturbed.ts', '--no-type-check', '-e', 'confirm=5s']);

    const complaints = await eachHost(hosts, (host) => complaint(host, kind, run, was.get(host) ?? {}));
    const back = eventsOf(run.events, 'link.back');
    const lost = new Set(eventsOf(run.events, 'link.lost').map(({ host }) => host));
    scores.push({
      kind: kind.name,
      hosts: hosts.length,
      right: complaints.filter((one) => one === null).length,
      reattached: hosts.filter((host) => lost.has(host) && back.some((event) => event.host === host)).length,
      awayMs: back.map(({ afterMs }) => afterMs),
    });
    expect(complaints.filter((one) => one !== null).join('\n\n')).toBe('');
    expect(scores.at(-1)).toMatchObject({ right: hosts.length, reattached: hosts.length });
    expect(logText(run)).not.toMatch(/unreachable/i);
    expect(run.code).toBe(kind.outcome === 'changed' ? 0 : 1);
  });
});
