import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { dump } from './support/dump.ts';
import {
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

const NAME = ownName('test-unowned');
const cold = 'playbooks/cold-upgrade.ts';

describe('hosts whose daemons no unit owns', () => {
  let lab: Lab;
  let operator: Controller;
  const run = (playbook: string, host: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run(['run', playbook, '--limit', host, ...more]);

  const expectUpgraded = async (host: string): Promise<void> => {
    for (const file of await executables(lab, host)) expect(file).toContain('/opt/ovsfleet/ovs/3.5.0-');
    expect(await schemaOf(lab, host)).toBe('8.8.0');
    expect(await unitStates(lab, host)).toEqual(wellUnits(lab, host));
    expect(await restoreFlag(lab, host)).toBe('');
    expect(await remainsOfTransactions(lab, host)).toEqual([]);
  };

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 1, src: 2, builder: 1 });
    operator = await controller(lab, 'operator');
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('are restarted with all flows kept where a program was replaced; a second run does nothing', async () => {
    const [, program = ''] = await executables(lab, 'hv02');
    await say(lab, 'hv02', `cp -a ${program} ${program}.new && mv -f ${program}.new ${program}`);
    const before = await dump(lab, 'hv02');
    const ended = await run('playbooks/restart.ts', 'hv02');
    expect([ended.code, outcomes(ended.events)], logOf(ended.events, 'hv02')).toEqual([0, { hv02: 'changed' }]);
    expect(await dump(lab, 'hv02')).toEqual(before);
    expect(await executables(lab, 'hv02')).toEqual([expect.not.stringContaining('deleted'), program]);
    const again = await run('playbooks/restart.ts', 'hv02');
    expect([again.code, outcomes(again.events)]).toEqual([0, { hv02: 'current' }]);
  });

  test('are upgraded cold with their bridges and ports kept; a second run does nothing', async () => {
    const before = await dump(lab, 'hv02');
    const ended = await run(cold, 'hv02');
    expect([ended.code, outcomes(ended.events)['hv02']], logOf(ended.events, 'hv02')).toEqual([0, 'changed']);
    expect((await dump(lab, 'hv02'))['interfaces']).toEqual(before['interfaces']);
    await expectUpgraded('hv02');
    const again = await run(cold, 'hv02');
    expect([again.code, outcomes(again.events)]).toEqual([0, { hv02: 'current' }]);
  });

  test('and that lose their power in the middle of a cold upgrade undo it at boot, and are upgraded by a new run', async () => {
    const before = await dump(lab, 'hv03');
    const running = operator.start(['run', cold, '--limit', 'hv03']);
    await running.waitFor(
      'the daemons to be started',
      (event) => event.type === 'transaction.phase' && event.phase === 'start the daemons',
    );
    // Nobody may confirm it any more before the power goes.
    running.kill('SIGKILL');
    await running.ended();
    await lab.crash('hv03');
    await lab.start('hv03');
    await until('the host to settle it alone', 120_000, async () =>
      (await transactionStates(lab, 'hv03')).every((state) => ['done', 'undone', 'stuck'].includes(state)),
    );
    expect(await transactionStates(lab, 'hv03')).toEqual(['undone']);
    for (const file of await executables(lab, 'hv03')) expect(file).toMatch(/^\/usr\//);
    expect(await schemaOf(lab, 'hv03')).toBe('8.3.1');
    expect((await dump(lab, 'hv03'))['interface ids']).toEqual(before['interface ids']);
    await operator.forget();
    const ended = await run(cold, 'hv03');
    expect([ended.code, outcomes(ended.events)['hv03']], logOf(ended.events, 'hv03')).toEqual([0, 'changed']);
    expect((await transactionStates(lab, 'hv03')).toSorted()).toEqual(['done', 'undone']);
    await expectUpgraded('hv03');
  });

  test('although there are units for them: no hot upgrade, and a cold one gives them back to their units', async () => {
    await say(
      lab,
      'hv01',
      `systemctl stop openvswitch-switch ovs-vswitchd ovsdb-server &&
       systemd-run --quiet --scope /usr/share/openvswitch/scripts/ovs-ctl start --system-id=random </dev/null >/dev/null 2>&1`,
    );
    const before = await dump(lab, 'hv01');
    const hot = await run('playbooks/upgrade.ts', 'hv01');
    expect([hot.code, outcomes(hot.events)['hv01'], reasonOf(hot.events, 'hv01')]).toEqual([
      1,
      'refused',
      expect.stringContaining('there are units for the daemons, but the running daemons are not theirs'),
    ]);
    expect(await dump(lab, 'hv01')).toEqual(before);
    const ended = await run(cold, 'hv01');
    expect([ended.code, outcomes(ended.events)['hv01']], logOf(ended.events, 'hv01')).toEqual([0, 'changed']);
    expect((await dump(lab, 'hv01'))['interfaces']).toEqual(before['interfaces']);
    await expectUpgraded('hv01');
    const notes = eventsOf(ended.events, 'warning').map(({ problem }) => problem.message);
    expect(notes).not.toContain('hv01: this host could be upgraded without losing flows');
  });
});
