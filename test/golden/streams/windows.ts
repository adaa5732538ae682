import type { Stamped } from '../../../src/model/event.ts';
import type { WindowOutlook } from '../../../src/model/outlook.ts';
import { runStart, stamp } from './stamp.ts';
import { ended, playStarted, started, swapPlan } from './upgrade.ts';

const hosts = ['hv01', 'hv02', 'hv03', 'hv04'];
const minute = 60_000;
const opensAt = runStart + 60 * minute;
const title = 'Swap, a few at a time';
const plays = [title];
const hook = 'may-i --now';

const window: WindowOutlook = {
  zone: 'Europe/Paris',
  hosts: 3,
  perHostMs: 4 * minute,
  needMs: 8 * minute,
  by: 'measured',
  askedAt: runStart,
  opensAt,
  closesAt: opensAt + 20 * minute,
  fit: 2,
  endsAt: opensAt + 14 * minute,
};

/** It waits for its window, is told to wait by a hook, and stops at a gate. */
export const halted: readonly Stamped[] = stamp('20260113-010000-halt', [
  [0, started(hosts, { plays })],
  [10, { type: 'run.ticket', ticket: 'CHG-1017' }],
  [
    20,
    ended(0, 'hv04', 'unreachable', 0, {
      code: 'ssh.unreachable',
      message: 'hv04 does not answer',
      remedy: 'ssh root@hv04 true',
      facts: { host: 'hv04' },
    }),
  ],
  ...hosts.slice(0, 3).map((host) => [90, { type: 'host.planned', play: 0, plan: swapPlan(host) }] as const),
  [100, playStarted(0, [['hv02'], ['hv01', 'hv03']], { title, pauseMs: 10 * minute, concurrency: 4 })],
  [
    100,
    {
      type: 'play.outlook',
      play: 0,
      outlook: {
        order: 'shuffle, seed tuesday',
        spread: 'never two of one rack at a time',
        canaries: 1,
        capacity: 4,
        down: ['hv04'],
        window,
      },
    },
  ],
  [200, { type: 'window.waiting', play: 0, hosts: ['hv02'], opensAt, zone: 'Europe/Paris' }],
  [
    60 * minute,
    {
      type: 'hook.answered',
      play: 0,
      moment: 'before-wave',
      hook,
      hosts: ['hv02'],
      answer: { is: 'wait', reason: 'backups run' },
      againMs: 5 * minute,
    },
  ],
  [
    65 * minute,
    {
      type: 'hook.answered',
      play: 0,
      moment: 'before-wave',
      hook,
      hosts: ['hv02'],
      answer: { is: 'go' },
      againMs: null,
    },
  ],
  [65 * minute, { type: 'wave.started', play: 0, wave: 0, hosts: ['hv02'] }],
  [65 * minute + 10, { type: 'host.started', play: 0, host: 'hv02' }],
  [69 * minute, ended(0, 'hv02', 'changed', 4 * minute)],
  [69 * minute, { type: 'wave.paused', play: 0, wave: 0, ms: 10 * minute }],
  [
    79 * minute,
    {
      type: 'gate.judged',
      play: 0,
      wave: 1,
      hosts: ['hv02'],
      failed: [
        {
          host: 'hv02',
          problem: {
            code: 'step.failed',
            message: 'hv02: guests answer: 2 of 14 do not.',
            remedy: 'See all that it printed with -vv',
            facts: { host: 'hv02' },
          },
        },
      ],
    },
  ],
  [
    79 * minute,
    {
      type: 'rollout.halted',
      play: 0,
      because: 'gate',
      problem: {
        code: 'rollout.gate',
        message: 'the gate before the next wave does not hold on hv02: no other host is started.',
        remedy: 'Mend what it says of them, then: ovsfleet resume',
      },
    },
  ],
  [79 * minute + 10, ended(0, 'hv01', 'not-started', 0)],
  [79 * minute + 10, ended(0, 'hv03', 'not-started', 0)],
  [79 * minute + 20, { type: 'play.finished', play: 0 }],
  [79 * minute + 30, { type: 'run.finished', exitCode: 3, ms: 79 * minute + 30, resumable: true }],
]);

/** What would be done, when there is not enough time for all. */
export const forecast: readonly Stamped[] = stamp('20260113-010000-frcs', [
  [0, started(hosts.slice(0, 3), { mode: 'check', plays })],
  ...hosts.slice(0, 3).map((host) => [90, { type: 'host.planned', play: 0, plan: swapPlan(host) }] as const),
  [100, playStarted(0, [['hv01'], ['hv02', 'hv03']], { title, concurrency: 4 })],
  [
    100,
    {
      type: 'play.outlook',
      play: 0,
      outlook: { order: 'inventory', spread: null, canaries: 0, capacity: 4, down: [], window },
    },
  ],
  [110, { type: 'play.finished', play: 0 }],
  [120, { type: 'run.finished', exitCode: 5, ms: 120, resumable: false }],
]);
