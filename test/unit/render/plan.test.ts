import { describe, expect, it } from 'vitest';
import type { HostPlan, PlannedNode, PlayPlan } from '../../../src/model/plan.ts';
import { createLook, planView } from '../../../src/render/index.ts';

const look = createLook({ colour: 0, glyphs: 'unicode' });
const play = (...hosts: readonly HostPlan[]): PlayPlan => ({
  title: 'Install',
  waves: [hosts.map(({ host }) => host)],
  concurrency: 2,
  stopAfter: 1,
  pauseMs: 0,
  hosts,
});
const plan = (host: string, ...nodes: readonly PlannedNode[]): HostPlan => ({ host, nodes, refusals: [] });
const lines = (...hosts: readonly HostPlan[]): readonly string[] =>
  planView(play(...hosts), { look, columns: 80 }).slice(1, -1);

const change: PlannedNode = {
  kind: 'step',
  title: 'conf',
  forecast: { is: 'change', changes: [{ key: '', before: '', after: 'on' }] },
};

describe('a plan', () => {
  it.each<[string, PlannedNode, readonly string[]]>([
    ['a value that was not there', change, ['  ~ conf   (nothing) → on']],
    [
      'what only an earlier step brings',
      { kind: 'step', title: 'b', forecast: { is: 'unknown', until: 'a' } },
      ['  … b   known after a'],
    ],
    [
      'a check that would fail',
      {
        kind: 'step',
        title: 'agent is alive',
        forecast: { is: 'fails', changes: [{ key: '', before: 'no', after: 'yes' }] },
      },
      ['  ! agent is alive   reads "no" in place of "yes"'],
    ],
    [
      'a step with what it changes in files',
      {
        kind: 'step',
        title: 'conf',
        forecast: { is: 'change', changes: [{ key: '', before: 'a1', after: 'b2' }] },
        diffs: [
          { file: '/etc/a', is: 'text', patch: '--- /etc/a\n+++ /etc/a\n@@ -1,2 +1,2 @@\n   a\n-\tb\u001b[31m\n+c\n' },
          { file: '/etc/b', is: 'hidden', because: 'it is binary' },
        ],
      },
      [
        '  ~ conf   a1 → b2',
        '      --- /etc/a',
        '      +++ /etc/a',
        '      @@ -1,2 +1,2 @@',
        '         a',
        '      -    b',
        '      +c',
        '      /etc/b differs; not shown: it is binary',
      ],
    ],
    [
      'a check that would fail for many reasons',
      {
        kind: 'step',
        title: 'Open vSwitch runs as it should',
        forecast: {
          is: 'fails',
          changes: [
            {
              key: '',
              before:
                'release 3.1.0 runs, not 3.5.0; other_config:flow-restore-wait is set: new traffic is not forwarded',
              after: 'yes',
            },
          ],
        },
      },
      [
        '  ! Open vSwitch runs as it should',
        '      reads "release 3.1.0 runs, not 3.5.0; other_config:flow-restore-wait is',
        '      set: new traffic is not forwarded" in place of "yes"',
      ],
    ],
    ['a check', { kind: 'step', title: 'agent is alive', forecast: { is: 'check' } }, ['  ? agent is alive']],
    [
      'a read that failed',
      { kind: 'step', title: 'b', forecast: { is: 'error', message: 'no\nsuch file' } },
      ['  ! b   no such file'],
    ],
    [
      'a note',
      {
        kind: 'step',
        title: 'db',
        note: 'converts it',
        forecast: { is: 'change', changes: [{ key: 'v', before: '1', after: '2' }] },
      },
      ['  ~ db   v 1 → 2   converts it'],
    ],
    [
      'a group, in which what is as wanted shares a line',
      {
        kind: 'group',
        title: 'tools',
        pending: true,
        children: [
          { kind: 'step', title: 'a', forecast: { is: 'satisfied' } },
          { kind: 'group', title: 'b', pending: false, children: [] },
          change,
        ],
      },
      ['  tools', '    = a, b', '    ~ conf   (nothing) → on'],
    ],
  ])('shows %s', (_, node, expected) => {
    const pending = { kind: 'group', title: 'x', pending: true, children: [] } as const;
    expect(lines(plan('hv01', node, pending))).toEqual(['hv01 (1)', ...expected, '  x']);
  });

  it('is folded over hosts that are treated alike, each probed by its own peer', () => {
    const watched = (host: string, to: string): HostPlan =>
      plan(host, {
        kind: 'watched',
        title: 'longest gap ≤ 3s',
        pending: true,
        probe: { from: 'peer', to },
        children: [change],
      });
    expect(lines(watched('hv01', '10.0.0.1'), watched('hv02', '10.0.0.2'))).toEqual([
      'hv[01-02] (2)',
      '  ~ conf   (nothing) → on',
      '  ? longest gap ≤ 3s  probed from peer to 2 guests',
    ]);
  });

  it('names hosts that are refused, and why is told beside it', () => {
    const refused = (host: string, why: string): HostPlan => ({
      host,
      nodes: [],
      refusals: [{ code: 'x', message: `${host}: ${why}`, remedy: 'ssh HOST df /opt' }],
    });
    expect(lines(refused('hv01', 'no space on /opt'), refused('hv02', 'no peer'))).toEqual([
      'hv[01-02] (2)  refused, see Problems',
    ]);
  });

  it('names hosts without a plan once, however many problems they met', () => {
    const view = planView(play(plan('hv01', change)), { look, columns: 80 }, ['hv01', '', 'hv02', 'hv02']);
    expect(view.filter((line) => line.includes('no plan'))).toEqual(['hv02 (1)  no plan, see Problems']);
  });

  it('has an ASCII form', () => {
    const around: PlannedNode = { kind: 'around', title: 'while agent is held', pending: true, children: [change] };
    const view = planView(play(plan('hv01', around)), {
      look: createLook({ colour: 0, glyphs: 'ascii' }),
      columns: 80,
    });
    expect(view.slice(1)).toEqual([
      'hv01 (1)',
      '  || while agent is held',
      '    ~ conf   (nothing) -> on',
      'one wave hv01   2 at a time; stops after 1 failure',
    ]);
  });

  it('has colours when it is asked for them', () => {
    const coloured = createLook({ colour: 1, glyphs: 'unicode' });
    expect(planView(play(plan('hv01', change)), { look: coloured, columns: 80 })[2]).toBe(
      '\u001b[33m  ~ conf\u001b[39m   (nothing) → on',
    );
  });
});
