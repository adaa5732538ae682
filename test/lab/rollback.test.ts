import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { cookiesOf, type Dump, dump, withoutCookies } from './support/dump.ts';
import {
  addFragileFlows,
  agentPid,
  executables,
  remainsOfTransactions,
  restoreFlag,
  schemaOf,
  transactionStates,
  unitStates,
  wellUnits,
} from './support/hosts.ts';
import { type Controller, controller, type Ended, eventsOf, logOf, outcomes, reasonOf } from './support/product.ts';
import { until } from './support/until.ts';

const NAME = ownName('test-rollback');
const flags = ['--no-type-check', '-e', 'waves=100%', '-e', 'stop_after=100%'];
const back = ['run', 'playbooks/rollback.ts', ...flags];
/** An agent takes half a minute to be at work again, each time: npm run proof:rollback has one, and else a second host from sources. */
const withProof = process.env['OVSFLEET_PROOF'] === 'rollback';
/** One that has written what only the newer schema knows, one whose old switch is broken, one from sources, and the fourth. */
const [richer, broken, source, fourth] = ['hv01', 'hv02', 'hv03', 'hv04'] as const;
const everyHost = [richer, broken, source, fourth];
const agents: readonly string[] = withProof ? [fourth] : [];

const collectorSet = `ovs-vsctl -- --id=@b get Bridge br-int -- --id=@f create Flow_Sample_Collector_Set id=7 bridge=@b local_group_id=12`;
const collectorIds = 'ovs-vsctl --columns=id --format=csv --no-headings list Flow_Sample_Collector_Set';
/** It says its version, as it is asked while planning, and ends at once when it is started. */
const breakOldSwitch = `f=$(readlink -f /usr/sbin/ovs-vswitchd) && mv "$f" "$f.good" &&
  printf '#!/bin/sh\\n[ "$1" != --version ] || exec %s.good --version\\nexit 1\\n' "$f" >"$f" && chmod 755 "$f" && echo "$f"`;

describe('going back from 3.5.0 to 3.1.0', () => {
  let lab: Lab;
  let operator: Controller;
  let upgrade = '';
  let oldSwitch = '';
  let first: Ended;
  const before = new Map<string, Dump>();
  const everywhere = <T>(hosts: readonly string[], act: (host: string) => Promise<T>) =>
    Promise.all(hosts.map(async (host) => [host, await act(host)] as const));

  const expectForwards = async (host: string): Promise<void> => {
    const [was, is] = [before.get(host) ?? {}, await dump(lab, host)];
    const turned = agents.includes(host);
    expect(turned ? withoutCookies(is) : is, host).toEqual(turned ? withoutCookies(was) : was);
    expect(await unitStates(lab, host), host).toEqual(wellUnits(lab, host));
    expect(await remainsOfTransactions(lab, host), host).toEqual([]);
    expect(await restoreFlag(lab, host), host).toBe('');
  };
  const expectBack = async (host: string): Promise<void> => {
    expect(await schemaOf(lab, host), host).toBe('8.3.1');
    for (const file of await executables(lab, host)) expect(file, host).toMatch(/^\/usr\//);
    expect(await say(lab, host, 'ovs-vswitchd --version | head -n 1'), host).toContain('3.1.0');
    await expectForwards(host);
  };

  beforeAll(async () => {
    lab = await bringUp(NAME, withProof ? { pkg31: 2, src: 1, agent: 1 } : { pkg31: 2, src: 2 });
    await everywhere([richer, broken, source], (host) => addFragileFlows(lab, host));
    operator = await controller(lab, 'operator');
    const up = await operator.run(['run', 'playbooks/upgrade.ts', ...flags]);
    expect({ code: up.code, stderr: up.stderr }).toEqual({ code: 0, stderr: '' });
    upgrade = up.events[0]?.run ?? '';
    await say(lab, richer, collectorSet);
    oldSwitch = await say(lab, broken, breakOldSwitch);
    for (const [host, is] of await everywhere(everyHost, (host) => dump(lab, host))) before.set(host, is);
    first = await operator.run([...back, '-e', `run=${upgrade}`]);
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('is refused where the database holds what 3.1.0 does not know, with a list of it', async () => {
    expect(outcomes(first.events)[richer]).toBe('refused');
    expect(reasonOf(first.events, richer)).toMatch(
      /^hv01: what schema 8\.3\.1 does not know would be lost: Flow_Sample_Collector_Set [0-9a-f-]{36}: local_group_id = 12$/,
    );
    expect(await transactionStates(lab, richer)).toEqual(['done']);
    expect(await schemaOf(lab, richer)).toBe('8.8.0');
  });

  test('is refused, whatever is accepted, where a value is forbidden to the old schema', async () => {
    const prefixes = 'ip_dst,ip_src,tun_id,metadata';
    await say(
      lab,
      richer,
      `ovs-vsctl -- --id=@t create Flow_Table prefixes=${prefixes} -- set Bridge br-int flow_tables:77=@t`,
    );
    const plan = await operator.run(['plan', ...back.slice(1), '-e', 'accept_loss=yes', '-l', richer]);
    await say(lab, richer, 'ovs-vsctl remove Bridge br-int flow_tables 77');
    expect(reasonOf(plan.events, richer)).toMatch(
      /^hv01: the database cannot be converted: .*"ip_dst".* set must have 0 to 3 members but 4 are present/,
    );
    expect(plan.code).toBe(1);
  });

  test('is undone by a host whose old switch does not start: it runs the newer one again, and forwards as before', async () => {
    expect(outcomes(first.events)[broken], logOf(first.events, broken)).toBe('undone');
    expect(reasonOf(first.events, broken)).toMatch(/"restart ovs-vswitchd" ended with status 1: \w/);
    expect(await schemaOf(lab, broken)).toBe('8.8.0');
    for (const file of await executables(lab, broken)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
    await expectForwards(broken);
  });

  test.each([source, fourth])('keeps flows, groups, meters, ports and ids on %s', async (host) => {
    expect(outcomes(first.events)[host], logOf(first.events, host)).toBe('changed');
    await expectBack(host);
  });

  if (withProof) {
    test('lets the agent take over again', async () => {
      expect(await agentPid(lab, fourth)).not.toBe('0');
      const [was, is] = [cookiesOf(before.get(fourth) ?? {}), cookiesOf(await dump(lab, fourth))];
      expect(is.length).toBeGreaterThan(0);
      expect(is.filter((cookie) => was.includes(cookie))).toEqual([]);
    });
  }

  test('cuts guests off for no longer than was allowed', () => {
    const measured = eventsOf(first.events, 'traffic.measured').filter(({ host }) => host !== broken);
    expect(measured.map(({ host }) => host).toSorted()).toEqual([source, fourth]);
    for (const { host, measured: seen, maxGapMs } of measured) {
      expect(seen.longestGapMs, host).toBeGreaterThan(100);
      expect(seen.longestGapMs, host).toBeLessThanOrEqual(maxGapMs);
    }
  });

  test('is gone on with when the controller was killed in mid, and lets go what was accepted to be lost', async () => {
    await say(lab, broken, `mv -f ${oldSwitch}.good ${oldSwitch}`);
    const again = operator.start([...back, '-e', `run=${upgrade}`, '-e', 'accept_loss=yes']);
    await again.waitFor(
      `${richer} to be taken back`,
      (event) => event.type === 'transaction.phase' && event.host === richer && event.phase === 'restart ovs-vswitchd',
    );
    again.kill('SIGKILL');
    await again.ended();
    const resumed = await operator.run(['resume']);
    expect(resumed.code, logOf(resumed.events, richer) + logOf(resumed.events, broken)).toBe(0);
    for (const host of [richer, broken]) await expectBack(host);
    expect(await transactionStates(lab, richer)).toEqual(['done', 'done']);
    expect(await say(lab, richer, collectorIds)).toBe('7');
    expect(await say(lab, richer, 'ovs-vsctl list Flow_Sample_Collector_Set')).not.toContain('local_group_id');
  });

  test('has nothing to do the second time, and leaves the agent alone', async () => {
    const pids = await everywhere(agents, (host) => agentPid(lab, host));
    const second = await operator.run(back);
    expect(second.code).toBe(0);
    expect(outcomes(second.events)).toEqual(Object.fromEntries(everyHost.map((host) => [host, 'current'])));
    expect(eventsOf(second.events, 'transaction.sent')).toEqual([]);
    expect(
      (await operator.run(['plan', 'playbooks/rollback.ts', '--no-type-check', '-e', `run=${upgrade}`])).code,
    ).toBe(0);
    expect(await everywhere(agents, (host) => agentPid(lab, host))).toEqual(pids);
  });
});

/** The power is cut before a phase of the way back; when the host boots again it goes forward by itself. */
const powerCuts = (): void => {
  let lab: Lab;
  const before = new Map<string, Dump>();
  // Released, and not converted yet: the boot starts the old release on the newer one's database. And: exchanged, no flows yet.
  const cases = [
    ['hv01', 'convert the database'],
    ['hv02', 'restore the flows'],
    ['hv03', 'convert the database'],
    ['hv04', 'restore the flows'],
  ] as const;

  beforeAll(async () => {
    lab = await bringUp(ownName('test-rollback-power'), { pkg31: 2, src: 2 });
    const up = await (await controller(lab, 'upgrade')).run(['run', 'playbooks/upgrade.ts', ...flags]);
    expect({ code: up.code, stderr: up.stderr }).toEqual({ code: 0, stderr: '' });
    await Promise.all(
      cases.map(async ([host]) => {
        await say(lab, host, collectorSet);
        before.set(host, await dump(lab, host));
      }),
    );
  });
  afterAll(() => removeLab(lab.name));

  test.concurrent.each(cases)('%s goes forward again by itself: before "%s"', async (host, at) => {
    const operator = await controller(lab, host, {
      vars: { [host]: { disturb_at: at, disturb_by: 'exec sleep 600' } },
    });
    const running = operator.start(['run', 'test/lab/playbooks/disturbed-rollback.ts', '--no-type-check', '-l', host]);
    await running.waitFor(
      `${host} to be disturbed`,
      (event) => event.type === 'transaction.phase' && event.phase === 'test: disturbed',
    );
    running.kill('SIGKILL');
    await running.ended();
    await lab.crash(host);
    await lab.start(host);
    await until(`${host} to have settled`, 180_000, async () =>
      (await transactionStates(lab, host).catch((): readonly string[] => [])).includes('undone'),
    );
    expect(await schemaOf(lab, host)).toBe('8.8.0');
    for (const file of await executables(lab, host)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
    // What only the newer schema knows was converted away, by us or by the old release's own scripts at boot: it is back.
    expect(await say(lab, host, `ovs-vsctl --bare --columns=local_group_id list Flow_Sample_Collector_Set`)).toBe('12');
    expect(await restoreFlag(lab, host)).toBe('');
    const is = await dump(lab, host);
    for (const section of ['bridges', 'flows br-int', 'groups br-int', 'meters br-int', 'bridge', 'system-id'])
      expect(is[section], section).toEqual(before.get(host)?.[section]);
    expect((await operator.run([...back, '-e', 'accept_loss=yes', '-e', 'max_gap=60s', '-l', host])).code).toBe(0);
    expect(await schemaOf(lab, host)).toBe('8.3.1');
  });
};

if (withProof) describe('going back, when the power is cut', powerCuts);
