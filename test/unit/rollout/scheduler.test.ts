import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostOutcome } from '../../../src/model/outcome.ts';
import { isFailure } from '../../../src/model/outcome.ts';
import {
  finished,
  next,
  openWave,
  position,
  type Schedule,
  type ScheduleOptions,
  start,
  started,
  stop,
} from '../../../src/rollout/index.ts';

const options = (over: Partial<ScheduleOptions> = {}): ScheduleOptions => ({
  waves: [['a'], ['b', 'c', 'd']],
  concurrency: 2,
  limit: 1,
  ...over,
});
const startAll = (schedule: Schedule): Schedule => next(schedule).reduce(started, schedule);
const done = (schedule: Schedule, ...hosts: readonly string[]): Schedule =>
  hosts.reduce((s, host) => finished(s, host, 'changed'), schedule);

describe('the scheduler', () => {
  it('starts the canary alone, then pauses before the next wave', () => {
    const canary = startAll(start(options()));
    expect(canary.inFlight).toEqual(['a']);
    expect(next(canary)).toEqual([]);
    expect(position(done(canary, 'a'))).toEqual({ is: 'between-waves', ended: 0, next: 1 });
    expect(next(done(canary, 'a'))).toEqual([]);
  });

  it('slides: the next host starts when one ends', () => {
    const second = startAll(openWave(done(startAll(start(options())), 'a')));
    expect(second.inFlight).toEqual(['b', 'c']);
    expect(next(done(second, 'c'))).toEqual(['d']);
    expect(position(done(startAll(done(second, 'c')), 'b', 'd'))).toEqual({ is: 'finished' });
  });

  it('starts nothing new once the budget is spent, and lets those in flight finish', () => {
    const second = startAll(openWave(done(startAll(start(options())), 'a')));
    const spent = finished(second, 'b', 'undone');
    expect(next(spent)).toEqual([]);
    expect(position(spent)).toEqual({ is: 'busy' });
    expect(position(done(spent, 'c'))).toEqual({ is: 'stopped', because: 'budget', notStarted: ['d'] });
  });

  it('starts nothing new once it is told to stop', () => {
    const stopped = stop(startAll(start(options())));
    expect(position(done(stopped, 'a'))).toEqual({ is: 'stopped', because: 'told', notStarted: ['b', 'c', 'd'] });
  });

  it('is finished, not stopped, when the last host spends the budget', () => {
    expect(position(finished(startAll(start(options({ waves: [['a']] }))), 'a', 'failed'))).toEqual({ is: 'finished' });
  });

  it('never has a host and its peer in flight together; others pass them', () => {
    const conflicts = (a: string, b: string): boolean => a === 'b' && b === 'c';
    const first = startAll(start(options({ waves: [['b', 'c', 'd']], conflicts })));
    expect(first.inFlight).toEqual(['b', 'd']);
    expect(next(done(first, 'd'))).toEqual([]);
    expect(next(done(first, 'b'))).toEqual(['c']);
  });

  it('counts a host that was refused before its wave, and passes over a wave that has none left', () => {
    const refused = finished(start(options({ waves: [['a'], ['b'], ['c']], limit: 2 })), 'b', 'refused');
    const ended = done(startAll(refused), 'a');
    expect(refused.failed).toEqual(['b']);
    expect(position(ended)).toEqual({ is: 'between-waves', ended: 0, next: 2 });
    expect(next(openWave(ended))).toEqual(['c']);
  });

  it('refuses a window in which no host could start', () => {
    expect(() => start(options({ concurrency: 0 }))).toThrow(expect.objectContaining({ code: 'rollout.concurrency' }));
  });
});

const outcomes: readonly HostOutcome[] = ['current', 'changed', 'undone', 'stuck', 'failed', 'unreachable', 'refused'];

interface Walk {
  readonly schedule: Schedule;
  readonly ended: readonly (readonly [string, HostOutcome])[];
  readonly mostInFlight: number;
  readonly conflict: boolean;
}

/** Plays a whole rollout; `picks` says which host in flight ends next, and how. */
const play = (settings: ScheduleOptions, picks: readonly (readonly [number, HostOutcome])[]): Walk => {
  let schedule = start(settings);
  const ended: (readonly [string, HostOutcome])[] = [];
  let mostInFlight = 0;
  let conflict = false;
  for (let turn = 0; ; turn++) {
    schedule = startAll(schedule);
    mostInFlight = Math.max(mostInFlight, schedule.inFlight.length);
    const { inFlight } = schedule;
    conflict ||= inFlight.some((a) => inFlight.some((b) => a !== b && settings.conflicts?.(a, b) === true));
    const at = position(schedule);
    if (at.is === 'between-waves') {
      schedule = openWave(schedule);
      continue;
    }
    if (at.is !== 'busy') return { schedule, ended, mostInFlight, conflict };
    const [pick, outcome] = picks[turn % picks.length] ?? [0, 'changed'];
    const host = inFlight[pick % inFlight.length];
    if (host === undefined) throw new Error('busy, yet nothing is in flight');
    schedule = finished(schedule, host, outcome);
    ended.push([host, outcome]);
  }
};

describe('whatever happens in a rollout', () => {
  const anyPlay = fc
    .record({
      sizes: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 4 }),
      concurrency: fc.integer({ min: 1, max: 6 }),
      limit: fc.integer({ min: 1, max: 5 }),
      distance: fc.integer({ min: 0, max: 3 }),
      picks: fc.array(fc.tuple(fc.nat(9), fc.constantFrom(...outcomes)), { minLength: 1, maxLength: 40 }),
    })
    .map(({ sizes, distance, picks, ...rest }) => {
      const cut = sizes.map((size, wave) => Array.from({ length: size }, (_, i) => `${wave}-${i}`));
      const index = new Map(cut.flat().map((host, i) => [host, i]));
      const conflicts = (a: string, b: string): boolean =>
        Math.abs((index.get(a) ?? 0) - (index.get(b) ?? 0)) === distance;
      return { settings: { ...rest, waves: cut, conflicts }, picks };
    });

  it('keeps the window, the budget and the peers, and ends each host in exactly one state', () => {
    fc.assert(
      fc.property(anyPlay, ({ settings, picks }) => {
        const { schedule, ended, mostInFlight, conflict } = play(settings, picks);
        const failures = ended.filter(([, outcome]) => isFailure(outcome)).length;
        const at = position(schedule);
        const left = at.is === 'stopped' ? at.notStarted : [];
        expect(mostInFlight).toBeLessThanOrEqual(settings.concurrency);
        expect(conflict).toBe(false);
        expect(failures).toBeLessThanOrEqual(settings.limit - 1 + settings.concurrency);
        expect([...ended.map(([host]) => host), ...left].sort()).toEqual([...settings.waves.flat()].sort());
      }),
    );
  });
});
