import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { dump, withoutCookies } from './support/dump.ts';
import {
  agentPid,
  agentUnit,
  remainsOfTransactions,
  restoreFlag,
  schemaOf,
  unitStates,
  wellUnits,
} from './support/hosts.ts';
import { type Controller, controller, type Ended, eventsOf, outcomes, reasonOf } from './support/product.ts';
import { until } from './support/until.ts';

const NAME = ownName('test-playbooks');
/** Nothing that a restart, a cold upgrade or a check of them may leave lying about. */
const expectWell = async (lab: Lab, host: string): Promise<void> => {
  expect(await unitStates(lab, host), host).toEqual(wellUnits(lab, host));
  expect(await remainsOfTransactions(lab, host), host).toEqual([]);
  expect(await restoreFlag(lab, host), host).toBe('');
};

const releaseOf = (lab: Lab, host: string): Promise<string> =>
  say(lab, host, "ovs-appctl version | sed -n '1s/.* //p'");

/** As a package manager replaces a program: by another file of that name. */
const replaceProgram = (lab: Lab, host: string): Promise<string> =>
  say(
    lab,
    host,
    'cd /usr/lib/openvswitch-switch && cp -a ovs-vswitchd ovs-vswitchd.new && mv -f ovs-vswitchd.new ovs-vswitchd',
  );

/** Takes the lab's own wiring away, and lets the guest's namespace of the playbook stand in its place for probes. */
const unwire = (lab: Lab, host: string): Promise<string> =>
  say(
    lab,
    host,
    `ovs-vsctl del-br br-int -- del-br br-tun; ip netns del guest; ip link del qbr0; ip link del qvo
     ip netns add ns0 && touch /run/netns/guest && mount --bind /run/netns/ns0 /run/netns/guest`,
  );

describe('the playbooks beside the upgrade, on packaged hosts and one with an agent', () => {
  let lab: Lab;
  let operator: Controller;

  const run = (playbook: string, host: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run(['run', playbook, '--limit', host, ...more]);

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 2, agent: 1, builder: 1 });
    const [one, other] = [lab.host('hv01').guest, lab.host('hv02').guest];
    const wiring = (own: typeof one, peer: typeof one) => ({
      local_ip: own?.underlay ?? '',
      remote_ip: peer?.underlay ?? '',
      guest_ip: `${own?.address ?? ''}/24`,
      peer_ip: peer?.address ?? '',
    });
    operator = await controller(lab, 'operator', { vars: { hv01: wiring(one, other), hv02: wiring(other, one) } });
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('verify finds nothing wrong with fresh hosts, and changes nothing', async () => {
    const pid = await agentPid(lab, 'hv03');
    const ended = await run('playbooks/verify.ts', 'all', '-e', 'version=3.1.0');
    expect([ended.code, outcomes(ended.events)]).toEqual([0, { hv01: 'current', hv02: 'current', hv03: 'current' }]);
    expect(await agentPid(lab, 'hv03')).toBe(pid);
  });

  test('verify says in a sentence what is wrong: another release, a flag that was left', async () => {
    await say(lab, 'hv01', 'ovs-vsctl --no-wait set Open_vSwitch . other_config:flow-restore-wait=true');
    const ended = await run('playbooks/verify.ts', 'hv01', '-e', 'version=3.5.0');
    await say(lab, 'hv01', 'ovs-vsctl --no-wait remove Open_vSwitch . other_config flow-restore-wait');
    expect(ended.code).toBe(1);
    expect(reasonOf(ended.events, 'hv01')).toContain('release 3.1.0 runs, not 3.5.0; other_config:flow-restore-wait');
  });

  test('verify says at once that an agent has died', async () => {
    await say(lab, 'hv03', `systemctl kill --signal=KILL ${agentUnit}; systemctl stop ${agentUnit}`);
    const ended = await run('playbooks/verify.ts', 'hv03', '-e', 'version=3.1.0');
    await say(lab, 'hv03', `systemctl reset-failed ${agentUnit}; systemctl start ${agentUnit}`);
    expect([ended.code, reasonOf(ended.events, 'hv03')]).toEqual([
      1,
      expect.stringMatching(/neutron-openvswitch-agent\.service is (failed|inactive)/),
    ]);
    await until('the agent to be at work', 90_000, async () => {
      const again = await run('playbooks/verify.ts', 'hv03', '-e', 'version=3.1.0');
      return again.code === 0;
    });
  });

  test('restart leaves hosts alone whose daemons are those on disk', async () => {
    const pid = await agentPid(lab, 'hv03');
    const ended = await run('playbooks/restart.ts', 'all');
    expect([ended.code, outcomes(ended.events)]).toEqual([0, { hv01: 'current', hv02: 'current', hv03: 'current' }]);
    expect(await agentPid(lab, 'hv03')).toBe(pid);
  });

  test('restart of a replaced program keeps all flows, and the agent takes over again; a second run does nothing', async () => {
    await replaceProgram(lab, 'hv03');
    const [before, pid] = [await dump(lab, 'hv03'), await agentPid(lab, 'hv03')];
    const ended = await run('playbooks/restart.ts', 'hv03');
    expect([ended.code, outcomes(ended.events)]).toEqual([0, { hv03: 'changed' }]);
    const [change] = eventsOf(ended.events, 'step.finished').find(({ step }) => step === 'daemons')?.changes ?? [];
    expect(change).toMatchObject({ before: 'ovs-vswitchd was replaced on disk since it started' });
    expect(withoutCookies(await dump(lab, 'hv03'))).toEqual(withoutCookies(before));
    const taken = await agentPid(lab, 'hv03');
    expect(['0', pid]).not.toContain(taken);
    await expectWell(lab, 'hv03');
    const again = await run('playbooks/restart.ts', 'hv03');
    expect([again.code, outcomes(again.events), await agentPid(lab, 'hv03')]).toEqual([0, { hv03: 'current' }, taken]);
  });

  test('topology wires two hosts until their guests reach each other; a second run does nothing', async () => {
    await Promise.all([unwire(lab, 'hv01'), unwire(lab, 'hv02')]);
    const wire = ['playbooks/topology.ts', 'hv01,hv02', '-e', 'datapath_type=netdev'] as const;
    const ended = await run(...wire);
    expect(ended.code, ended.said).toBe(0);
    const wired = eventsOf(ended.events, 'host.finished').filter(({ play }) => play === 0);
    expect(wired.map(({ outcome }) => outcome)).toEqual(['changed', 'changed']);
    const again = await run(...wire);
    expect([again.code, eventsOf(again.events, 'step.finished')]).toEqual([0, []]);
  });

  test('restart since a time keeps the flows of the topology', async () => {
    const since = new Date(Date.now()).toISOString();
    const ended = await run('playbooks/restart.ts', 'hv01', '-e', `since=${since}`);
    expect([ended.code, outcomes(ended.events)]).toEqual([0, { hv01: 'changed' }]);
    const check = await run('playbooks/topology.ts', 'hv01', '-e', 'datapath_type=netdev', '--check');
    expect(check.code).toBe(0);
    const again = await run('playbooks/restart.ts', 'hv01', '-e', `since=${since}`);
    expect(outcomes(again.events)).toEqual({ hv01: 'current' });
    await expectWell(lab, 'hv01');
  });

  test('a cold upgrade keeps bridges and ports, and topology finds that flows are gone', async () => {
    const before = await dump(lab, 'hv01');
    const ended = await run('playbooks/cold-upgrade.ts', 'hv01');
    expect([ended.code, outcomes(ended.events)['hv01']], ended.said).toEqual([0, 'changed']);
    const after = await dump(lab, 'hv01');
    expect(after['interfaces']).toEqual(before['interfaces']);
    expect(after['system-id']).toEqual(before['system-id']);
    expect([await releaseOf(lab, 'hv01'), await schemaOf(lab, 'hv01')]).toEqual(['3.5.0', '8.8.0']);
    await expectWell(lab, 'hv01');
    const check = await run('playbooks/topology.ts', 'hv01', '-e', 'datapath_type=netdev', '--check');
    expect(check.code).toBe(5);
    const again = await run('playbooks/cold-upgrade.ts', 'hv01');
    expect([again.code, outcomes(again.events)]).toEqual([0, { hv01: 'current' }]);
  });

  test('verify tells of the programs of before that a login still finds', async () => {
    const ended = await run('playbooks/verify.ts', 'hv01');
    const told = eventsOf(ended.events, 'warning').map(({ problem }) => problem.message);
    expect(told).toContainEqual(
      expect.stringMatching(/^hv01: programs of 3\.1\.0 are on the PATH .* running 3\.5\.0: \/usr\/bin/),
    );
  });

  test('a cold upgrade to a release that does not start is undone: release, database and ports of before', async () => {
    const before = await dump(lab, 'hv02');
    await run('bench/stage-only.ts', 'hv02');
    await say(
      lab,
      'hv02',
      'cd /opt/ovsfleet/ovs/3.5.0-*/sbin && cp -a ovs-vswitchd whole && printf "#!/bin/sh\\nexit 1\\n" >ovs-vswitchd',
    );
    // It must seem to start when it is asked for its version, or staging would refuse it.
    await say(
      lab,
      'hv02',
      'cd /opt/ovsfleet/ovs/3.5.0-*/sbin && sed -i "1a [ \\"\\$1\\" != --version ] || exec $PWD/whole --version" ovs-vswitchd',
    );
    const ended = await run('playbooks/cold-upgrade.ts', 'hv02');
    expect([ended.code, outcomes(ended.events)['hv02']], ended.said).toEqual([1, 'undone']);
    const after = await dump(lab, 'hv02');
    expect(after['interfaces']).toEqual(before['interfaces']);
    expect([await releaseOf(lab, 'hv02'), await schemaOf(lab, 'hv02')]).toEqual(['3.1.0', '8.3.1']);
    await expectWell(lab, 'hv02');
    await say(lab, 'hv02', 'cd /opt/ovsfleet/ovs/3.5.0-*/sbin && mv -f whole ovs-vswitchd');
  });

  test('a cold upgrade with a new database has no bridges, and is the same host still', async () => {
    const id = await say(lab, 'hv02', 'ovs-vsctl get Open_vSwitch . external_ids:system-id');
    const ended = await run('playbooks/cold-upgrade.ts', 'hv02', '-e', 'database=new');
    expect([ended.code, outcomes(ended.events)['hv02']], ended.said).toEqual([0, 'changed']);
    expect(await say(lab, 'hv02', 'ovs-vsctl list-br')).toBe('');
    expect(await say(lab, 'hv02', 'ovs-vsctl get Open_vSwitch . external_ids:system-id')).toBe(id);
    expect(await say(lab, 'hv02', 'ls /etc/openvswitch /var/lib/openvswitch')).toContain('conf.db.before-3.5.0');
    await expectWell(lab, 'hv02');
    const again = await run('playbooks/cold-upgrade.ts', 'hv02', '-e', 'database=new');
    expect([again.code, outcomes(again.events)]).toEqual([0, { hv02: 'current' }]);
  });
});
