import type { Problem } from '../../../src/model/error.ts';
import type { FleetEvent } from '../../../src/model/event.ts';
import type { Facts } from '../../../src/model/facts.ts';
import type { HostOutcome } from '../../../src/model/outcome.ts';
import type { HostPlan, PlannedNode } from '../../../src/model/plan.ts';
import { runStart, type Timed } from './stamp.ts';

/** The acts of an upgrade of Open vSwitch, as a run emits them. */
export const stage = 0;
export const swap = 1;

export const facts: Facts = {
  distro: 'debian',
  distroVersion: '12',
  kernel: '6.1.0-28-amd64',
  arch: 'x86_64',
  init: 'systemd',
  ovs: {
    owner: 'debian',
    runDirectory: '/var/run/openvswitch',
    databaseDirectory: '/etc/openvswitch',
    logDirectory: '/var/log/openvswitch',
    sysconfdir: '/etc',
    localstatedir: '/var',
  },
  openstack: { agentUnit: 'neutron-openvswitch-agent.service' },
};

export const started = (
  hosts: readonly string[],
  over: Partial<Extract<FleetEvent, { type: 'run.started' }>> = {},
): FleetEvent => ({
  type: 'run.started',
  title: 'Upgrade Open vSwitch',
  playbook: 'playbooks/upgrade.ts',
  inventory: ['inventory.yaml'],
  params: { version: '3.5.0', module: 'in-tree' },
  limit: null,
  mode: 'apply',
  plays: ['Stage everywhere', 'Swap, a few at a time'],
  hosts,
  version: '0.1.0',
  resumes: null,
  plan: null,
  store: '/home/op/site/.ovsfleet/artifacts',
  ...over,
});

export const playStarted = (
  play: number,
  waves: readonly (readonly string[])[],
  over: Partial<Extract<FleetEvent, { type: 'play.started' }>> = {},
): FleetEvent => ({
  type: 'play.started',
  play,
  title: play === stage ? 'Stage everywhere' : 'Swap, a few at a time',
  waves,
  concurrency: play === stage ? 20 : 4,
  stopAfter: 1,
  pauseMs: 0,
  ...over,
});

const runningNow = [
  { key: 'release', before: '3.1.0', after: '3.5.0' },
  { key: 'build', before: 'found', after: 'a1f3c2d4' },
  { key: 'schema', before: '8.3.1', after: '8.8.0' },
] as const;

export const swapNodes = (probe: { from: string; to: string } | null, pending = true): readonly PlannedNode[] => [
  {
    kind: 'watched',
    title: 'longest gap ≤ 3 s',
    pending,
    probe,
    children: [
      {
        kind: 'transaction',
        title: 'swap',
        pending,
        confirmMs: 90_000,
        deadlineMs: 300_000,
        children: [
          {
            kind: 'around',
            title: 'while neutron-openvswitch-agent is held',
            pending,
            children: [
              {
                kind: 'unchanged',
                title: 'flows, groups, meters, ofports, system-id',
                pending,
                children: [
                  {
                    kind: 'step',
                    title: 'running',
                    forecast: pending ? { is: 'change', changes: runningNow } : { is: 'satisfied' },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
];

export const swapPlan = (host: string, over: Partial<HostPlan> = {}): HostPlan => ({
  host,
  nodes: swapNodes({ from: 'hv07:guest', to: '10.1.1.7' }),
  refusals: [],
  ...over,
});

export const ended = (
  play: number,
  host: string,
  outcome: HostOutcome,
  ms: number,
  problem: Problem | null = null,
): FleetEvent => ({ type: 'host.finished', play, host, outcome, problem, ms });

/** One host gets the build: 12 s, 4 MB over the link. */
export const staged = (host: string, at: number): readonly Timed[] => {
  const on = { play: stage, host } as const;
  const file = 'openvswitch-3.5.0-a1f3c2d4.tar.gz';
  return [
    [at, { type: 'host.facts', host, facts }],
    [
      at,
      {
        type: 'host.planned',
        play: stage,
        plan: {
          host,
          refusals: [],
          nodes: [
            {
              kind: 'step',
              title: 'build a1f3c2d4 is staged',
              forecast: { is: 'change', changes: [{ key: '', before: 'none', after: 'a1f3c2d4' }] },
            },
            { kind: 'step', title: 'trial conversion', forecast: { is: 'unknown', until: 'build a1f3c2d4 is staged' } },
          ],
        },
      },
    ],
    [at + 10, { type: 'host.started', ...on }],
    [at + 20, { type: 'file.progress', ...on, file, direction: 'to-host', doneBytes: 0, totalBytes: 4_194_304 }],
    [
      at + 2000,
      { type: 'file.progress', ...on, file, direction: 'to-host', doneBytes: 2_097_152, totalBytes: 4_194_304 },
    ],
    [
      at + 4000,
      {
        type: 'file.finished',
        ...on,
        file,
        direction: 'to-host',
        bytes: 4_194_304,
        sent: true,
        sha256: 'a1f3c2d4'.repeat(8),
      },
    ],
    [at + 4010, { type: 'batch.sent', ...on, steps: ['build a1f3c2d4 is staged', 'trial conversion'] }],
    [at + 4100, { type: 'step.started', ...on, step: 'build a1f3c2d4 is staged' }],
    [at + 4200, { type: 'step.output', ...on, step: 'build a1f3c2d4 is staged', text: 'usr/sbin/ovs-vswitchd\n' }],
    [
      at + 9000,
      {
        type: 'step.finished',
        ...on,
        step: 'build a1f3c2d4 is staged',
        outcome: 'changed',
        changes: [{ key: '', before: 'none', after: 'a1f3c2d4' }],
        way: null,
        message: null,
        ms: 4900,
      },
    ],
    [at + 9010, { type: 'step.started', ...on, step: 'trial conversion' }],
    [
      at + 11_900,
      {
        type: 'step.finished',
        ...on,
        step: 'trial conversion',
        outcome: 'ok',
        changes: [],
        way: null,
        message: null,
        ms: 2890,
      },
    ],
    [at + 12_000, ended(stage, host, 'changed', 11_990)],
  ];
};

/** The clock of hosts runs ahead of the controller's by this much. */
const ahead = 2000;

const phases = ['hold agent', 'capture', 'stop', 'convert database', 'start', 'restore', 'verify'] as const;
/** When each phase begins, in milliseconds after the transaction was sent. */
const phaseAt = [100, 900, 2500, 3100, 4200, 5400, 9800] as const;

const sent = (host: string, at: number): readonly Timed[] => {
  const on = { play: swap, host } as const;
  const transaction = `tx-${host}`;
  return [
    [at, { type: 'host.started', ...on }],
    [at + 10, { type: 'transaction.sent', ...on, transaction, title: 'swap', phases }],
    [
      at + 60,
      {
        type: 'transaction.state',
        ...on,
        transaction,
        index: 1,
        state: 'running',
        hostTime: runStart + at + 50 + ahead,
        reason: null,
      },
    ],
  ];
};

const phase = (host: string, at: number, which: number): Timed => {
  const offset = phaseAt[which] ?? 0;
  return [
    at + offset + 40,
    {
      type: 'transaction.phase',
      play: swap,
      host,
      transaction: `tx-${host}`,
      index: which + 2,
      phase: phases[which] ?? '',
      hostTime: runStart + at + offset + ahead,
    },
  ];
};
const state = (
  host: string,
  at: number,
  index: number,
  now: Extract<FleetEvent, { type: 'transaction.state' }>['state'],
  reason: string | null = null,
): Timed => [
  at + 40,
  {
    type: 'transaction.state',
    play: swap,
    host,
    transaction: `tx-${host}`,
    index,
    state: now,
    hostTime: runStart + at + ahead,
    reason,
  },
];

/** One host is swapped and confirmed: 21 s. */
export const swapped = (host: string, at: number, gapMs: number | null): readonly Timed[] => {
  const on = { play: swap, host } as const;
  const measured: readonly Timed[] =
    gapMs === null
      ? []
      : [
          [
            at + 19_000,
            {
              type: 'traffic.measured',
              ...on,
              measured: {
                from: 'hv07:guest',
                to: '10.1.1.7',
                sent: 1900,
                lost: Math.round(gapMs / 10),
                longestGapMs: gapMs,
              },
              maxGapMs: 3000,
            },
          ],
        ];
  return [
    ...sent(host, at),
    ...phases.map((_, which) => phase(host, at, which)),
    state(host, at + 12_000, 9, 'awaiting'),
    [
      at + 12_200,
      {
        type: 'transaction.attached',
        ...on,
        transaction: `tx-${host}`,
        title: 'swap',
        state: 'awaiting',
        found: false,
        owner: null,
        sinceMs: null,
      },
    ],
    state(host, at + 12_400, 10, 'confirmed'),
    state(host, at + 18_000, 11, 'done'),
    ...measured,
    [at + 21_000, ended(swap, host, 'changed', 21_000)],
  ];
};

export const undoneProblem = (host: string): Problem => ({
  code: 'transaction.undone',
  message: `${host}: swap undid itself in phase restore: 3 of 412 flows are missing on br-int`,
  remedy: `ovsfleet report latest --host ${host}`,
  facts: { host, phase: 'restore' },
});

/** One host loses flows while it restores, and puts everything back: 40 s. */
export const undone = (host: string, at: number): readonly Timed[] => {
  const on = { play: swap, host } as const;
  const transaction = `tx-${host}`;
  return [
    ...sent(host, at),
    ...[0, 1, 2, 3, 4, 5].map((which) => phase(host, at, which)),
    state(host, at + 9_000, 8, 'undoing', '3 of 412 flows are missing on br-int'),
    [at + 20_000, { type: 'link.lost', host, reason: 'no answer for 15 s' }],
    [at + 26_000, { type: 'link.back', host, afterMs: 6000 }],
    [
      at + 26_100,
      {
        ...{ type: 'transaction.attached', ...on, transaction, title: 'swap', state: 'undoing' },
        ...{ found: false, owner: null, sinceMs: null },
      },
    ],
    state(host, at + 38_000, 9, 'undone'),
    [
      at + 38_500,
      {
        type: 'transaction.log',
        ...on,
        transaction,
        text: 'ovs-ofctl: br-int: cookie=0x1f table=60 missing\nundo: database restored from backup\nundo: daemons of 3.1.0 started\n',
      },
    ],
    [at + 40_000, ended(swap, host, 'undone', 40_000, undoneProblem(host))],
  ];
};
