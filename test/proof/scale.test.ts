import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, removeLab } from '../../src/lab/index.ts';
import { bringUp, ownName } from '../lab/support/bring-up.ts';
import { schemaOf } from '../lab/support/hosts.ts';
import { type Controller, controller, eventsOf, outcomes } from '../lab/support/product.ts';

const NAME = ownName('proof-scale');
const count = 20;

describe(`${count} hypervisors in one run`, () => {
  let lab: Lab;
  let operator: Controller;

  beforeAll(async () => {
    lab = await bringUp(NAME, { pkg31: count, builder: 1 });
    operator = await controller(lab, 'operator');
  });
  afterAll(async () => {
    await removeLab(NAME);
  });

  test('are all upgraded, a canary first, five at a time at most, with their traffic measured', async () => {
    const { code, events } = await operator.run([
      'run',
      'playbooks/upgrade.ts',
      '-e',
      'waves=1,25%,100%',
      '-e',
      'concurrency=5',
      '-e',
      'max_gap=20s',
    ]);
    const { build01, ...hypervisors } = outcomes(events);
    expect(build01 ?? 'changed').toBe('changed');
    expect(Object.keys(hypervisors)).toHaveLength(count);
    expect(new Set(Object.values(hypervisors))).toEqual(new Set(['changed']));
    expect(code).toBe(0);
    expect(eventsOf(events, 'traffic.measured')).toHaveLength(count);
    const gaps = eventsOf(events, 'traffic.measured').map(({ measured }) => measured.longestGapMs);
    process.stderr.write(`longest gaps, ms: ${gaps.toSorted((a, b) => a - b).join(' ')}\n`);
    expect(
      await Promise.all(lab.hosts.filter((host) => host.profile === 'pkg31').map((host) => schemaOf(lab, host.name))),
    ).toEqual(Array.from({ length: count }, () => '8.8.0'));
  });
});
