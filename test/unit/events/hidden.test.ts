import { expect, test } from 'vitest';
import { createBus, memorySink } from '../../../src/events/index.ts';
import type { FleetEvent } from '../../../src/model/event.ts';

const secret = 'hunter2';
const problem = { code: 'x', message: `m ${secret}`, remedy: `r ${secret}`, facts: { host: 'hv01', said: secret } };
const changes = [{ key: `k ${secret}`, before: `b ${secret}`, after: `a ${secret}` }];
const at = { play: 0, host: 'hv01' };

/** Every event that carries what a host or an error said. */
const events: readonly FleetEvent[] = [
  { type: 'step.output', ...at, step: 's', text: `out ${secret}` },
  {
    type: 'step.finished',
    ...at,
    step: 's',
    outcome: 'failed',
    changes,
    way: { title: 'w', because: secret },
    message: secret,
    ms: 1,
  },
  { type: 'transaction.log', ...at, transaction: 't', text: secret },
  { type: 'transaction.state', ...at, transaction: 't', index: 1, state: 'undone', hostTime: 1, reason: secret },
  { type: 'link.lost', host: 'hv01', reason: secret },
  { type: 'host.finished', ...at, outcome: 'failed', problem, ms: 1 },
  { type: 'warning', host: 'hv01', problem },
  { type: 'rollout.halted', play: 0, because: 'gate', problem },
  { type: 'gate.judged', play: 0, wave: 1, hosts: ['hv01'], failed: [{ host: 'hv01', problem }] },
  {
    type: 'host.planned',
    play: 0,
    plan: {
      host: 'hv01',
      refusals: [problem],
      nodes: [
        {
          kind: 'group',
          title: 'g',
          pending: true,
          children: [
            { kind: 'step', title: 'a', forecast: { is: 'change', changes }, note: secret },
            { kind: 'step', title: 'b', forecast: { is: 'error', message: secret } },
            { kind: 'step', title: 'c', forecast: { is: 'unknown', until: secret } },
            {
              kind: 'step',
              title: 'd',
              forecast: { is: 'fails', changes },
              diffs: [{ file: 'f', is: 'text', patch: `+${secret}` }],
            },
          ],
        },
      ],
    },
  },
];

const emitted = (event: FleetEvent): string => {
  const sink = memorySink();
  const hide = (text: string): string => text.replaceAll(secret, '‹secret›');
  createBus({ run: 'r', clock: { now: () => 1 }, sinks: [sink], hide }).emit(event);
  return JSON.stringify(sink.events);
};

test.each(events.map((event) => ({ type: event.type, event })))(
  '$type tells no secret that a host has said',
  ({ event }) => {
    expect(JSON.stringify(event)).toContain(secret);
    expect(emitted(event)).not.toContain(secret);
    expect(emitted(event)).toContain('‹secret›');
  },
);

test('names stay as they are, also one that is like a secret: by them a run is gone on with', () => {
  const named: FleetEvent = { type: 'step.started', play: 0, host: secret, step: secret };
  expect(emitted(named)).toContain(`"host":"${secret}","step":"${secret}"`);
});
