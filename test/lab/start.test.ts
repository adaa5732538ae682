import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { unitStates, wellUnits } from './support/hosts.ts';
import { type Controller, controller, type Ended, logOf, outcomes } from './support/product.ts';

const NAME = ownName('test-start');
const packaged = 'hv01';
const bare = 'hv02';

describe('hosts whose Open vSwitch does not run', () => {
  let lab: Lab;
  let operator: Controller;
  const start = (host: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run(['run', 'playbooks/start.ts', '--limit', host, ...more]);
  const idOf = (host: string): Promise<string> =>
    say(lab, host, "ovs-vsctl --timeout=10 get Open_vSwitch . external_ids:system-id | tr -d '\"'");
  const keptId = (host: string): Promise<string> => say(lab, host, 'cat /etc/openvswitch/system-id.conf');
  const bridges = (host: string): Promise<string> => say(lab, host, 'ovs-vsctl --timeout=10 list-br | xargs');
  const running = (host: string): Promise<string> =>
    say(lab, host, "pgrep -l '^ovs' | cut -d' ' -f2 | sort -u | xargs");
  const stop = (host: string): Promise<string> =>
    say(
      lab,
      host,
      host === packaged
        ? 'systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server'
        : '/usr/share/openvswitch/scripts/ovs-ctl stop >/dev/null',
    );
  const expectStarted = (ended: Ended, host: string): void => {
    expect([ended.code, outcomes(ended.events)], logOf(ended.events, host)).toEqual([0, { [host]: 'changed' }]);
  };

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 1, src: 1 });
    operator = await controller(lab, 'operator');
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('get them started under their units, with the id and the bridges that they had; a second run does nothing', async () => {
    const before = [await idOf(packaged), await bridges(packaged)];
    await stop(packaged);
    expectStarted(await start(packaged), packaged);
    expect([await idOf(packaged), await bridges(packaged)]).toEqual(before);
    expect(await unitStates(lab, packaged)).toEqual(wellUnits(lab, packaged));
    const again = await start(packaged);
    expect([again.code, outcomes(again.events)]).toEqual([0, { [packaged]: 'current' }]);
  });

  test('are not started past their units', async () => {
    await stop(packaged);
    const refused = await start(packaged, '-e', 'by=ovs-ctl');
    expect(refused.code).toBe(1);
    expect(JSON.stringify(refused.events)).toContain('there are units for the daemons here');
    expect(await running(packaged)).toBe('');
    expectStarted(await start(packaged), packaged);
  });

  test('keep the id that only the database has left, when the file with it is gone', async () => {
    const id = await idOf(bare);
    await stop(bare);
    await say(lab, bare, 'rm /etc/openvswitch/system-id.conf');
    expectStarted(await start(bare), bare);
    expect([await idOf(bare), await keptId(bare)]).toEqual([id, id]);
    expect(await running(bare)).toBe('ovs-vswitchd ovsdb-server');
  });

  test('get back an id that a start without one has emptied, while the daemons run on', async () => {
    const id = await keptId(bare);
    const pids = await say(lab, bare, 'pgrep -x ovs-vswitchd | xargs');
    await say(lab, bare, `ovs-vsctl --timeout=10 set Open_vSwitch . 'external_ids:system-id=""'`);
    expectStarted(await start(bare), bare);
    expect([await idOf(bare), await say(lab, bare, 'pgrep -x ovs-vswitchd | xargs')]).toEqual([id, pids]);
  });

  test('are started one daemon at a time by hand, as a release with SSL wants it', async () => {
    const before = [await idOf(bare), await bridges(bare)];
    await stop(bare);
    expectStarted(await start(bare, '-e', 'by=by-hand', '-e', 'daemons=database'), bare);
    expect(await running(bare)).toBe('ovsdb-server');
    expectStarted(await start(bare, '-e', 'by=by-hand', '-e', 'daemons=switch'), bare);
    expect(await running(bare)).toBe('ovs-vswitchd ovsdb-server');
    expect([await idOf(bare), await bridges(bare)]).toEqual(before);
    expect(await say(lab, bare, "tr '\\0' ' ' </proc/$(cat /var/run/openvswitch/ovsdb-server.pid)/cmdline")).toContain(
      '--bootstrap-ca-cert=db:Open_vSwitch,SSL,ca_cert',
    );
  });

  test('with a database that cannot be converted are left as they are: a start would put an empty one in its place', async () => {
    await stop(bare);
    await say(lab, bare, 'cp /etc/openvswitch/conf.db /root/kept && echo nonsense >/etc/openvswitch/conf.db');
    const failed = await start(bare);
    expect(failed.code).toBe(1);
    expect(JSON.stringify(failed.events)).toContain('cannot be read: put a backup in its place');
    expect(await say(lab, bare, 'cat /etc/openvswitch/conf.db')).toBe('nonsense');
    expect(await running(bare)).toBe('');
    await say(lab, bare, 'cp /root/kept /etc/openvswitch/conf.db');
    expectStarted(await start(bare), bare);
  });
});
