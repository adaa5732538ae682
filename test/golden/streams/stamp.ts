import type { FleetEvent, Stamped } from '../../../src/model/event.ts';

/** An event and when it happens, in milliseconds after the run began. */
export type Timed = readonly [at: number, event: FleetEvent];

export const runStart = Date.UTC(2026, 0, 13, 1, 0, 0);

/** Puts what happened on several hosts into one stream, in the order of time, as the bus would. */
export const stamp = (run: string, ...threads: readonly (readonly Timed[])[]): readonly Stamped[] =>
  threads
    .flat()
    .map(([at, event], order) => ({ at, event, order }))
    .sort((a, b) => a.at - b.at || a.order - b.order)
    .map(({ at, event }, index) => ({ ...event, seq: index + 1, time: runStart + at, run }));
