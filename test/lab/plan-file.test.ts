import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName, say } from './support/bring-up.ts';
import { type Controller, controller, type Ended, eventsOf, outcomes, reasonOf } from './support/product.ts';

const NAME = ownName('test-plan-file');
const playbook = 'test/lab/playbooks/marks.ts';

const markOf = (lab: Lab, host: string): Promise<string> =>
  say(lab, host, "ovs-vsctl --if-exists get Open_vSwitch . other_config:mark | tr -d '\"'; cat /root/mark");

describe('a plan that is written, looked at and done', () => {
  let lab: Lab;
  let operator: Controller;
  let plan: string;

  const planned = (mark: string, ...more: readonly string[]): Promise<Ended> =>
    operator.run(['plan', playbook, '-e', `mark=${mark}`, '--out', plan, ...more]);
  const done = (...more: readonly string[]): Promise<Ended> => operator.run(['run', '--plan', plan, ...more]);

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: 2 });
    operator = await controller(lab, 'operator');
    plan = join(operator.directory, 'plan.json');
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('planning changes nothing, and the file is for its owner alone', async () => {
    expect((await planned('one')).code).toBe(5);
    expect((await stat(plan)).mode & 0o777).toBe(0o600);
    expect(await say(lab, 'hv01', 'ovs-vsctl get Open_vSwitch . other_config; ls /root/mark 2>&1 || :')).not.toContain(
      'one',
    );
  });

  test('an unchanged fleet gets just what the plan says; the second time there is nothing to do', async () => {
    const first = await done();
    expect([first.code, outcomes(first.events)]).toEqual([0, { hv01: 'changed', hv02: 'changed' }]);
    const { hosts } = JSON.parse(await readFile(plan, 'utf8'));
    const steps = eventsOf(first.events, 'step.finished').filter(
      ({ host, outcome }) => host === 'hv01' && outcome === 'changed',
    );
    expect(steps.map(({ step }) => step)).toEqual(
      hosts.hv01.trees[0].nodes
        .filter(({ kind }: { readonly kind: string }) => kind === 'step')
        .map(({ title }: { readonly title: string }) => title),
    );
    expect(await markOf(lab, 'hv01')).toBe('one\none');
    const second = await done();
    expect([second.code, outcomes(second.events)]).toEqual([0, { hv01: 'current', hv02: 'current' }]);
    expect(eventsOf(second.events, 'batch.sent')).toEqual([]);
  });

  test('a host that was changed behind its back is refused with what differs, and the other is done', async () => {
    expect((await planned('two')).code).toBe(5);
    await say(lab, 'hv02', 'ovs-vsctl set Open_vSwitch . other_config:mark=behind');
    const { code, events } = await done();
    expect([code, outcomes(events)]).toEqual([1, { hv01: 'changed', hv02: 'refused' }]);
    expect(reasonOf(events, 'hv02')).toBe(
      'hv02: it is not as the plan found it: the switch is marked: was one, is behind.',
    );
    expect(await markOf(lab, 'hv02')).toBe('behind\none');
    // A resume would refuse it again.
    const resumed = await operator.run(['resume']);
    expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('There is nothing to go on with')]);
  });

  test('the hosts that were refused are run again alone, and those alone', async () => {
    const { code, events } = await operator.run(['run', '--rerun', 'failed', 'latest']);
    expect([code, outcomes(events)]).toEqual([0, { hv02: 'changed' }]);
    expect(await markOf(lab, 'hv02')).toBe('two\ntwo');
  });

  test('a check that would fail and a drift are reported, and what conforms', async () => {
    await say(lab, 'hv01', 'ovs-vsctl set Open_vSwitch . other_config:mark=drifted');
    const reports = join(operator.directory, 'conformance');
    const { code } = await operator.run(['plan', playbook, '-e', 'mark=two', '--report-to', reports]);
    expect(code).toBe(5);
    const report = await readFile(join(reports, 'report.md'), 'utf8');
    expect(report).toContain('### hv01: drifts');
    expect(report).toContain('### hv02: conforms');
    expect(report).toContain('drifted → two');
  });
});
