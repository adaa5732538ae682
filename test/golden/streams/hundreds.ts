import type { Stamped } from '../../../src/model/event.ts';
import { stamp } from './stamp.ts';
import { playStarted, stage, staged, started, swap, swapPlan, swapped, undone } from './upgrade.ts';

const names = Array.from({ length: 200 }, (_, i) => `compute-${String(i + 1).padStart(3, '0')}.az1.example.net`);

/** Two hundred hosts in both plays, four at a time; some undo themselves. */
export const hundreds: readonly Stamped[] = stamp(
  '20260113-010000-many',
  [
    [0, started(names)],
    [100, playStarted(stage, [names])],
  ],
  ...names.map((host, i) => staged(host, 200 + Math.floor(i / 20) * 12_500)),
  [
    [130_000, { type: 'play.finished', play: stage }],
    [130_010, playStarted(swap, [names.slice(0, 1), names.slice(1, 20), names.slice(20)], { stopAfter: 20 })],
    ...names.map((host) => [130_020, { type: 'host.planned', play: swap, plan: swapPlan(host) }] as const),
  ],
  ...names.map((host, i) => {
    const at = 131_000 + Math.floor(i / 4) * 41_000;
    return i % 25 === 24 ? undone(host, at) : swapped(host, at, 150 + ((i * 37) % 400));
  }),
  [[2_200_000, { type: 'run.finished', exitCode: 1, ms: 2_200_000, resumable: true }]],
);
