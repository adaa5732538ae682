import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { cookiesOf, type Dump, dump, withoutCookies } from './support/dump.ts';
import {
  addFragileFlows,
  agentPid,
  agentUnit,
  executables,
  guestsReach,
  remainsOfTransactions,
  restoreFlag,
  schemaOf,
  transactionStates,
  unitStates,
  wellUnits,
} from './support/hosts.ts';
import { addUsers, usersScript } from './support/logins.ts';
import { type Controller, controller, type Ended, eventsOf, outcomes, sharedStore } from './support/product.ts';

const NAME = ownName('test-upgrade');
const upgrade = ['run', 'playbooks/upgrade.ts', '-e', 'waves=1,100%'];
const everyHost = ['hv01', 'hv02', 'hv03', 'hv04', 'hv05', 'hv06'];

const inParallel = async <T>(hosts: readonly string[], act: (host: string) => Promise<T>): Promise<Record<string, T>> =>
  Object.fromEntries(await Promise.all(hosts.map(async (host) => [host, await act(host)] as const)));

/** Two of the hosts let nobody in as root: who logs in becomes root by sudo, one without and one with a password. */
const logins = usersScript(
  ['stack', 'carol'],
  ['Defaults logfile=/var/log/sudo.log, loglinelen=0', 'stack ALL=(ALL) NOPASSWD: ALL', 'carol ALL=(ALL) ALL'],
  [],
);
const unprivileged = {
  hv02: { ansible_user: 'stack', ansible_become: 'true' },
  hv06: { ansible_user: 'carol', ansible_become: 'true', ansible_become_password: 'open sesame, carol' },
};

const all = <T>(hosts: readonly string[], value: T): Record<string, T> =>
  Object.fromEntries(hosts.map((host) => [host, value]));

describe('an upgrade from 3.1.0 to 3.5.0 of packaged, source and agent hosts', () => {
  let lab: Lab;
  let operator: Controller;
  let first: Ended;
  let before: Readonly<Record<string, Dump>>;
  let after: Readonly<Record<string, Dump>>;
  const ofProfile = (profile: string): readonly string[] =>
    lab.hosts.filter((host) => host.profile === profile).map(({ name }) => name);

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 2, src: 2, agent: 2, builder: 1 });
    await inParallel([...ofProfile('pkg31'), ...ofProfile('src')], (host) => addFragileFlows(lab, host));
    await inParallel(Object.keys(unprivileged), (host) => addUsers(lab, host, logins));
    operator = await controller(lab, 'operator', { vars: unprivileged });
    before = await inParallel(everyHost, (host) => dump(lab, host));
    expect(await inParallel(everyHost, (host) => schemaOf(lab, host))).toEqual(all(everyHost, '8.3.1'));
    first = await operator.run(upgrade);
    after = await inParallel(everyHost, (host) => dump(lab, host));
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('ends well, with every hypervisor changed', () => {
    expect(first.stderr).toBe('');
    const { build01, ...hypervisors } = outcomes(first.events);
    expect(hypervisors).toEqual(all(everyHost, 'changed'));
    expect(build01 ?? 'changed').toBe('changed');
    expect(first.code).toBe(0);
  });

  test('becomes root where nobody is let in as root, for all that it does there', async () => {
    const who = String.raw`sed -n 's/.* : \([a-z]*\) : .*; USER=\([a-z]*\) ;.*/\1 as \2/p' /var/log/sudo.log | sort -u`;
    // neutron's agent asks for root in the same way.
    for (const [host, { ansible_user: user }] of Object.entries(unprivileged))
      expect((await say(lab, host, who)).split('\n')).toContain(`${user} as root`);
  });

  test('compiles the release at most once for all of them, and stages that one build everywhere', async () => {
    const made = eventsOf(first.events, 'step.finished').filter(({ step }) => /^build .* is made$/.test(step));
    const staged = eventsOf(first.events, 'step.finished').filter(({ step }) => /^build .* is staged$/.test(step));
    const [id = ''] = staged.map(({ step }) => step.split(' ')[1] ?? '');
    expect(id).toMatch(/^3\.5\.0-[0-9a-f]{10}$/);
    expect(staged.map(({ host, step, outcome }) => [host, step, outcome]).toSorted()).toEqual(
      everyHost.map((host) => [host, `build ${id} is staged`, 'changed']),
    );
    expect(made.length).toBeLessThanOrEqual(1);
    expect(await readdir(sharedStore)).toEqual(expect.arrayContaining([`${id}.json`, `${id}.tar.gz`]));
  });

  test('leaves flows, groups, meters, ports, tunnel metadata, ids and names as they were', () => {
    for (const host of everyHost) {
      const agent = ofProfile('agent').includes(host);
      const [was, is] = [before[host] ?? {}, after[host] ?? {}];
      expect(was['flows br-int']?.length, `${host} has flows to lose`).toBeGreaterThan(5);
      expect(agent ? withoutCookies(is) : is, host).toEqual(agent ? withoutCookies(was) : was);
    }
    expect(before['hv01']?.['tlv br-int']).toHaveLength(1);
    expect(before['hv01']?.['meters br-int']).toHaveLength(4);
  });

  test('runs the new daemons from a directory of their own, on a converted database', async () => {
    expect(await inParallel(everyHost, (host) => schemaOf(lab, host))).toEqual(all(everyHost, '8.8.0'));
    for (const host of everyHost) {
      for (const file of await executables(lab, host))
        expect(file).toMatch(/^\/opt\/ovsfleet\/ovs\/3\.5\.0-\w+\/sbin\//);
      expect(await say(lab, host, 'ovs-vsctl get Open_vSwitch . ovs_version')).toBe('"3.5.0"');
      expect(await say(lab, host, 'ovs-vswitchd --version | head -n 1')).toContain('3.5.0');
    }
  });

  test('leaves every unit active, nothing failed, and nothing of its own lying about', async () => {
    for (const host of everyHost) {
      expect(await unitStates(lab, host), host).toEqual(wellUnits(lab, host));
      expect(await remainsOfTransactions(lab, host), host).toEqual([]);
      expect(await restoreFlag(lab, host), host).toBe('');
      expect(await transactionStates(lab, host), host).toEqual(['done']);
    }
  });

  test('has let the agents take over again: they run, and every flow of theirs is a new one', async () => {
    for (const host of ofProfile('agent')) {
      expect(await agentPid(lab, host), host).not.toBe('0');
      const [was, is] = [cookiesOf(before[host] ?? {}), cookiesOf(after[host] ?? {})];
      expect(is.length, host).toBeGreaterThan(0);
      expect(
        is.filter((cookie) => was.includes(cookie)),
        host,
      ).toEqual([]);
    }
  });

  test('cuts guests off for no longer than was allowed, measured at ten probes a second or more', async () => {
    const measured = eventsOf(first.events, 'traffic.measured');
    expect(measured.map(({ host }) => host).toSorted()).toEqual(everyHost);
    for (const { host, measured: seen, maxGapMs } of measured) {
      const hostPlay = eventsOf(first.events, 'host.finished').find((event) => event.host === host && event.play === 2);
      process.stderr.write(`${host}: longest gap ${seen.longestGapMs} ms, ${seen.lost} of ${seen.sent} probes lost\n`);
      expect(seen.sent, host).toBeGreaterThan(((hostPlay?.ms ?? 0) / 1000) * 10 * 0.8);
      // The daemon is stopped and started: a probe that sees nothing of it measures nothing.
      expect(seen.longestGapMs, host).toBeGreaterThan(100);
      expect(seen.longestGapMs, host).toBeLessThanOrEqual(maxGapMs);
    }
    expect(await inParallel(everyHost, (host) => guestsReach(lab, host))).toEqual(all(everyHost, '5 received'));
  });

  test('has nothing to do the second time, and leaves the agents alone', async () => {
    const agents = ofProfile('agent');
    const pids = await inParallel(agents, (host) => agentPid(lab, host));
    const second = await operator.run(upgrade);
    expect(second.code).toBe(0);
    expect(outcomes(second.events)).toEqual(all(everyHost, 'current'));
    expect(eventsOf(second.events, 'batch.sent')).toEqual([]);
    expect(eventsOf(second.events, 'transaction.sent')).toEqual([]);
    expect(await inParallel(agents, (host) => agentPid(lab, host))).toEqual(pids);
    // All that playbook code can see of a host is as it was before the first run: else the two runs were of two trees.
    const seen = ({ events }: Ended) =>
      Object.fromEntries(eventsOf(events, 'host.facts').map(({ host, facts }) => [host, facts]));
    expect(seen(second)).toMatchObject(seen(first));
    expect(Object.keys(seen(second))).toEqual(expect.arrayContaining([...everyHost]));
    expect((await operator.run(['plan', 'playbooks/upgrade.ts', '--limit', 'hv05'])).code).toBe(0);
  });

  test('fetches a build from its builder when only the store of this controller has lost it', async () => {
    const id = /3\.5\.0-[0-9a-f]{10}/.exec((await executables(lab, 'hv01')).join())?.[0] ?? '';
    const empty = await mkdtemp(join(tmpdir(), 'ovsfleet-store-'));
    try {
      await say(lab, 'build01', 'mkdir -p /var/cache/ovsfleet/builds');
      const copied = await lab.run([
        'sh',
        '-c',
        `exec ssh -F none -i "$0" -o UserKnownHostsFile="$1" "root@$2" "cat > /var/cache/ovsfleet/builds/${id}.tar.gz" < "$3"`,
        lab.keyFile,
        lab.knownHostsFile,
        lab.host('build01').address,
        join(sharedStore, `${id}.tar.gz`),
      ]);
      expect(copied).toMatchObject({ code: 0 });
      const newcomer = await controller(lab, 'newcomer', { store: empty });
      const run = await newcomer.run([...upgrade, '--limit', 'hv01']);
      expect({ code: run.code, build01: outcomes(run.events)['build01'] }).toEqual({ code: 0, build01: 'current' });
      expect(await readdir(empty)).toEqual([`${id}.json`, `${id}.tar.gz`]);
    } finally {
      await rm(empty, { recursive: true });
    }
  });

  test('survives a later restart of the units: the new release again, with nobody failed', async () => {
    const host = 'hv01';
    await say(lab, host, 'systemctl restart openvswitch-switch');
    expect(await unitStates(lab, host)).toEqual(wellUnits(lab, host));
    for (const file of await executables(lab, host)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
    expect(await schemaOf(lab, host)).toBe('8.8.0');
  });

  test('runs the new release after a reboot too, and guests reach each other again', async () => {
    // One host of each kind; their peers stay up and answer.
    const rebooted = ['hv01', 'hv03', 'hv05'];
    await inParallel(rebooted, (host) => lab.reboot(host));
    for (const host of rebooted) {
      for (const file of await executables(lab, host)) expect(file, host).toContain('/opt/ovsfleet/ovs/3.5.0-');
      expect(await unitStates(lab, host), host).toEqual(wellUnits(lab, host));
      expect(await restoreFlag(lab, host), host).toBe('');
      await lab.waitForTraffic(host);
    }
    expect(await say(lab, 'hv05', `systemctl is-active ${agentUnit}`)).toBe('active');
  });
});
