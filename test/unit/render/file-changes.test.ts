import { describe, expect, it } from 'vitest';
import type { FleetEvent, Stamped } from '../../../src/model/event.ts';
import type { PlannedNode } from '../../../src/model/plan.ts';
import { createLook, plainSink } from '../../../src/render/index.ts';

const patch = (was: string) => `--- /etc/a\n+++ /etc/a\n@@ -1,1 +1,1 @@\n-${was}\n+new\n`;
const node = (title: string, was: string): PlannedNode => ({
  kind: 'step',
  title,
  forecast: { is: 'change', changes: [{ key: '', before: was, after: 'new' }] },
  diffs: [{ file: '/etc/a', is: 'text', patch: patch(was) }],
});
const planned = (host: string, nodes: readonly PlannedNode[]): FleetEvent => ({
  type: 'host.planned',
  play: 0,
  plan: { host, nodes, refusals: [] },
});
const done = (host: string, step: string, outcome: 'ok' | 'changed' = 'changed'): FleetEvent => ({
  ...{ type: 'step.finished', play: 0, host, step, outcome, changes: [], way: null, message: null, ms: 5 },
});

const log = (events: readonly FleetEvent[]): string => {
  let text = '';
  const look = createLook({ colour: 0, glyphs: 'unicode' });
  const sink = plainSink({
    ...{ look, zone: 'UTC', verbosity: 1 },
    write: (more) => {
      text += more;
    },
  });
  for (const [index, event] of events.entries())
    sink.accept({ ...event, seq: index + 1, time: 0, run: 'r' } satisfies Stamped);
  return text.replaceAll(/^00:00:00 /gm, '');
};

describe('a run that was asked to show differences', () => {
  it('shows what a step has changed in a file as soon as it has', () => {
    expect(log([planned('hv01', [node('a is new', 'old')]), done('hv01', 'a is new')])).toBe(
      [
        'hv01  a is new: changed (5ms)',
        'hv01      --- /etc/a',
        'hv01      +++ /etc/a',
        'hv01      @@ -1,1 +1,1 @@',
        'hv01      -old',
        'hv01      +new',
        '',
      ].join('\n'),
    );
  });

  it('shows it once for hosts that change alike, and again where it differs', () => {
    const text = log([
      ...['hv01', 'hv02'].map((host) => planned(host, [node('a', 'old')])),
      planned('hv03', [node('a', 'other')]),
      ...['hv01', 'hv02', 'hv03'].map((host) => done(host, 'a')),
    ]);
    expect(text.match(/-old/g)).toHaveLength(1);
    expect(text).toMatch(/hv02 +\/etc\/a changed as on hv01/);
    expect(text).toMatch(/hv03 +-other/);
  });

  it('shows nothing of a step that had nothing to do after all', () => {
    expect(log([planned('hv01', [node('a', 'old')]), done('hv01', 'a', 'ok')])).not.toMatch(/-old/);
  });

  it('shows what a transaction has changed when it is done, since it tells of its phases only', () => {
    const transaction: PlannedNode = {
      ...{ kind: 'transaction', title: 'swap', pending: true, confirmMs: 1, deadlineMs: 1 },
      children: [node('a', 'old')],
    };
    const state = (now: 'running' | 'done'): FleetEvent => ({
      ...{ type: 'transaction.state', play: 0, host: 'hv01', transaction: 't1', index: 1, hostTime: 0 },
      ...{ state: now, reason: null },
    });
    const sent: FleetEvent = {
      ...{ type: 'transaction.sent', play: 0, host: 'hv01', transaction: 't1', title: 'swap', phases: [] },
    };
    expect(log([planned('hv01', [transaction]), sent, state('running')])).not.toMatch(/-old/);
    expect(log([planned('hv01', [transaction]), sent, state('running'), state('done')])).toMatch(/-old/);
  });
});
