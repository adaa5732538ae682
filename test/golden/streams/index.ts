import type { Stamped } from '../../../src/model/event.ts';
import { stamp } from './stamp.ts';
import {
  ended,
  facts,
  playStarted,
  stage,
  staged,
  started,
  swap,
  swapNodes,
  swapPlan,
  swapped,
  undone,
} from './upgrade.ts';
import { forecast, halted } from './windows.ts';

const names = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `hv${String(from + i).padStart(2, '0')}`);

const six = names(1, 6);

/** Six hosts, one of them first; all goes well. */
export const smooth: readonly Stamped[] = stamp(
  '20260113-010000-smth',
  [
    [0, started(six)],
    [100, playStarted(stage, [six])],
    [110, { type: 'wave.started', play: stage, wave: 0, hosts: six }],
  ],
  ...six.map((host, i) => staged(host, 200 + i * 50)),
  [
    [13_000, { type: 'play.finished', play: stage }],
    [13_040, ended(swap, 'hv06', 'current', 0)],
    [13_050, playStarted(swap, [['hv01'], six.slice(1, 5)], { pauseMs: 60_000, concurrency: 3 })],
    [13_060, { type: 'wave.started', play: swap, wave: 0, hosts: ['hv01'] }],
    ...six.map((host) => [13_030, { type: 'host.planned', play: swap, plan: swapPlan(host) }] as const),
  ],
  swapped('hv01', 14_000, 180),
  [
    [35_500, { type: 'wave.paused', play: swap, wave: 0, ms: 60_000 }],
    [95_500, { type: 'wave.started', play: swap, wave: 1, hosts: six.slice(1, 5) }],
  ],
  swapped('hv02', 96_000, 210),
  swapped('hv03', 96_000, 170),
  swapped('hv04', 96_010, 940),
  swapped('hv05', 117_100, null),
  [
    [
      117_400,
      {
        type: 'warning',
        host: 'hv05',
        problem: {
          code: 'traffic.unmeasured',
          message: 'hv05: traffic is not measured: no probe_from in the inventory',
          remedy: 'set probe_from and probe_to of hv05 in inventory.yaml',
        },
      },
    ],
    [139_000, { type: 'play.finished', play: swap }],
    [139_100, { type: 'run.finished', exitCode: 0, ms: 139_100, resumable: false }],
  ],
);

const eight = names(1, 8);

/** One host loses flows, undoes itself, and spends the budget: the rest is not started. */
export const undoes: readonly Stamped[] = stamp(
  '20260113-010000-vnd0',
  [
    [0, started(eight, { plays: ['Swap, a few at a time'] })],
    [100, playStarted(0, [['hv01'], eight.slice(1)], { title: 'Swap, a few at a time' })],
    [110, { type: 'wave.started', play: 0, wave: 0, hosts: ['hv01'] }],
    ...eight.map((host) => [120, { type: 'host.planned', play: 0, plan: swapPlan(host) }] as const),
  ],
  inPlay0(swapped('hv01', 1000, 200)),
  [[22_500, { type: 'wave.started', play: 0, wave: 1, hosts: eight.slice(1) }]],
  inPlay0(swapped('hv02', 23_000, 190)),
  inPlay0(undone('hv03', 23_010)),
  inPlay0(swapped('hv04', 23_020, 3400)),
  [
    [63_100, { type: 'budget.spent', play: 0, failed: ['hv03'], stopAfter: 1 }],
    ...names(5, 8).map((host) => [63_200, ended(0, host, 'not-started', 0)] as const),
    [63_300, { type: 'play.finished', play: 0 }],
    [63_400, { type: 'run.finished', exitCode: 3, ms: 63_400, resumable: true }],
  ],
);

/** One of three hosts does not answer. */
export const unreachable: readonly Stamped[] = stamp(
  '20260113-010000-nrch',
  [
    [0, started(names(1, 3), { plays: ['Stage everywhere'] })],
    [
      10_150,
      ended(stage, 'hv02', 'unreachable', 0, {
        code: 'ssh.unreachable',
        message: 'hv02 does not answer at 10.0.0.2 port 22: timed out after 10 s',
        remedy: 'ssh -p 22 root@10.0.0.2 true',
        facts: { host: 'hv02', address: '10.0.0.2', port: 22 },
      }),
    ],
  ],
  [
    [10_160, playStarted(stage, [['hv01', 'hv03']])],
    [10_170, { type: 'wave.started', play: stage, wave: 0, hosts: ['hv01', 'hv03'] }],
  ],
  staged('hv01', 10_200),
  staged('hv03', 10_260),
  [
    [22_500, { type: 'play.finished', play: stage }],
    [22_600, { type: 'run.finished', exitCode: 4, ms: 22_600, resumable: true }],
  ],
);

const twentyFive = names(1, 25);

/** What would be done: most alike, some already there, one that cannot be done. */
export const check: readonly Stamped[] = stamp('20260113-010000-chck', [
  [0, started(twentyFive, { mode: 'check', limit: 'hypervisors:!quarantined' })],
  [100, playStarted(stage, [twentyFive], {})],
  ...twentyFive.map((host) => [150, { type: 'host.facts', host, facts }] as const),
  ...twentyFive.map(
    (host) =>
      [
        160,
        {
          type: 'host.planned',
          play: stage,
          plan: {
            host,
            nodes: [{ kind: 'step', title: 'build a1f3c2d4 is staged', forecast: { is: 'satisfied' } }],
            refusals: [],
          },
        },
      ] as const,
  ),
  [170, { type: 'play.finished', play: stage }],
  [180, playStarted(swap, [['hv01'], ['hv02'], names(3, 9), names(10, 18)])],
  ...twentyFive.map((host, i) => {
    const plan =
      i < 18
        ? swapPlan(host, i === 6 ? { nodes: swapNodes(null) } : {})
        : i < 24
          ? swapPlan(host, { nodes: swapNodes({ from: 'hv07:guest', to: '10.1.1.7' }, false) })
          : swapPlan(host, {
              nodes: [],
              refusals: [
                {
                  code: 'ovs.dpdk',
                  message: 'hv25 cannot be done hot: br-phy has netdev datapath with dpdk ports',
                  remedy: "leave it out: --limit 'hypervisors:!hv25'",
                },
              ],
            });
    return [200, { type: 'host.planned', play: swap, plan }] as const;
  }),
  [210, { type: 'play.finished', play: swap }],
  [220, { type: 'run.finished', exitCode: 5, ms: 220, resumable: false }],
]);

/** Ctrl-C while the second host is at work: it finishes, the third is not started. */
export const interrupted: readonly Stamped[] = stamp(
  '20260113-010000-ctrc',
  [
    [0, started(names(1, 3), { plays: ['Swap, a few at a time'], resumes: '20260112-233000-k3f9' })],
    [100, playStarted(0, [names(1, 3)], { title: 'Swap, a few at a time', concurrency: 1 })],
    [110, { type: 'wave.started', play: 0, wave: 0, hosts: names(1, 3) }],
  ],
  inPlay0(swapped('hv01', 200, null)),
  inPlay0(swapped('hv02', 21_300, null)),
  [
    [30_000, { type: 'run.interrupted', times: 1 }],
    [42_400, ended(0, 'hv03', 'not-started', 0)],
    [42_500, { type: 'run.finished', exitCode: 130, ms: 42_500, resumable: true }],
  ],
);

const forty = names(1, 40);

/** Forty hosts fail alike, two more in another way. */
export const alike: readonly Stamped[] = stamp(
  '20260113-010000-frty',
  [
    [0, started(names(1, 42), { plays: ['Install the kernel module'] })],
    [100, playStarted(0, [names(1, 42)], { title: 'Install the kernel module', stopAfter: 42, concurrency: 50 })],
    [110, { type: 'wave.started', play: 0, wave: 0, hosts: names(1, 42) }],
  ],
  ...names(1, 42).map((host, i) => {
    const on = { play: 0, host } as const;
    const at = 200 + i * 10;
    const failedAlike = i < forty.length;
    const step = 'kernel module/installed';
    const reason = failedAlike ? 'modules_install failed: Required key not available' : 'no space left on device /lib';
    return [
      [at, { type: 'host.started', ...on }],
      [at + 5, { type: 'batch.sent', ...on, steps: [step] }],
      [at + 10, { type: 'step.started', ...on, step }],
      [at + 500, { type: 'step.output', ...on, step, text: `${reason}\n` }],
      [
        at + 510,
        {
          type: 'step.finished',
          ...on,
          step,
          outcome: 'failed',
          changes: [],
          way: { title: 'copy into extra', because: "make's own target needs a signed module" },
          message: reason,
          ms: 500,
        },
      ],
      [
        at + 520,
        ended(0, host, 'failed', 520, {
          code: 'step.failed',
          message: `${host}: ${reason}`,
          remedy: failedAlike ? 'give the signing key: --param module_key=PATH' : `free space: ssh ${host} df /lib`,
          facts: { host },
        }),
      ],
    ] as const;
  }),
  [
    [1400, { type: 'play.finished', play: 0 }],
    [1500, { type: 'run.finished', exitCode: 1, ms: 1500, resumable: true }],
  ],
);

/** The controller dies after the canary was confirmed and while the second host is between stop and start. */
export const cutOff: readonly Stamped[] = undoes.filter(({ time }) => time < (undoes[0]?.time ?? 0) + 26_500);

export const streams: Readonly<Record<string, readonly Stamped[]>> = {
  smooth,
  undoes,
  unreachable,
  check,
  interrupted,
  alike,
  cutOff,
  halted,
  forecast,
};

/** The acts are written for the second play of two; here it is the only one. */
function inPlay0(thread: ReturnType<typeof swapped>): ReturnType<typeof swapped> {
  return thread.map(([at, event]) => ('play' in event ? [at, { ...event, play: 0 }] : [at, event]));
}
