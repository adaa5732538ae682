import { expect } from 'vitest';
import type { Lab } from '../../../src/lab/index.ts';
import { dump } from './dump.ts';
import { type Boundary, disturbed, expectSwapped, expectUnswapped, stateOnDisk, swapUntil } from './faults.ts';
import { controller, eventsOf, logOf, outcomes, reasonOf } from './product.ts';
import { until } from './until.ts';

/**
 * The link is cut when the swap stands at a boundary, and healed when the host waits to be confirmed, or has ended: it is
 * told as what it is, and the host ends as it would have ended.
 */
export const cutLink = async (lab: Lab, host: string, at: Boundary): Promise<void> => {
  const was = await dump(lab, host);
  const undoes = at === 'undoing';
  const { running } = await swapUntil(lab, host, at);
  await lab.cut(host);
  const past = undoes ? ['undone'] : ['awaiting', 'done'];
  // Any end will do: what it should have been is said below, with the host's log.
  const ended = [...past, 'undone', 'stuck'];
  await until(`${host} to be ${past.join(' or ')}`, 300_000, async () => ended.includes(stateOnDisk(lab, host)));
  await lab.heal(host);
  const { code, events } = await running.ended();
  expect({ code, outcome: outcomes(events)[host] }, logOf(events, host)).toEqual(
    undoes ? { code: 1, outcome: 'undone' } : { code: 0, outcome: 'changed' },
  );
  expect(eventsOf(events, 'link.lost').length).toBe(eventsOf(events, 'link.back').length);
  await (undoes ? expectUnswapped(lab, host, was) : expectSwapped(lab, host, was, ['done']));
};

/** The link stays cut for longer than the host waits to be confirmed. */
export const cutLinkForLong = async (lab: Lab, host: string): Promise<void> => {
  const was = await dump(lab, host);
  const { running } = await swapUntil(lab, host, 'restart ovs-vswitchd', ['-e', 'confirm=5s']);
  await lab.cut(host);
  await until(`${host} to have undone the swap`, 120_000, async () => stateOnDisk(lab, host) === 'undone');
  await lab.heal(host);
  const { code, events } = await running.ended();
  expect({ code, outcome: outcomes(events)[host] }).toEqual({ code: 1, outcome: 'undone' });
  expect(reasonOf(events, host)).toContain('nobody came back to confirm within 5 s');
  await expectUnswapped(lab, host, was);
};

/**
 * The host's only way in goes over the switch that is exchanged, and what was exchanged lets nobody in: neither those that
 * were there, nor anybody who would confirm.
 */
export const cutOffByItself = async (lab: Lab, host: string): Promise<void> => {
  const was = await dump(lab, host);
  const operator = await controller(lab, `${host}-over`, {
    vars: {
      [host]: {
        disturb_at: 'end',
        // It times out by itself, so it is none of the flows that are compared.
        disturb_by:
          "pkill -KILL -f '^sshd: root'; ovs-ofctl -O OpenFlow13 add-flow br-ex hard_timeout=900,priority=65000,actions=drop",
      },
    },
  });
  const { code, events } = await operator.run([...disturbed, host, '-e', 'confirm=5s']);
  expect({ code, outcome: outcomes(events)[host] }, logOf(events, host)).toEqual({ code: 1, outcome: 'undone' });
  expect(reasonOf(events, host)).toContain('nobody came back to confirm within 5 s');
  expect(eventsOf(events, 'link.lost').map((event) => event.host)).toContain(host);
  expect(eventsOf(events, 'link.back').map((event) => event.host)).toContain(host);
  await expectUnswapped(lab, host, was);
};
