import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HostOutcome, hostOutcomes } from '../../../src/model/outcome.ts';
import { parseWindow } from '../../../src/model/parse-window.ts';
import type { Share } from '../../../src/model/rollout.ts';
import { type Timetable, timetable } from '../../../src/rollout/index.ts';
import { failures, type Played, play, type Setting, whenSpent } from './support/simulation.ts';

const minute = 60_000;
const outcomes: readonly HostOutcome[] = hostOutcomes.filter((outcome) => outcome !== 'not-started');

/** The same numbers from 0 up to `below` for the same seed and question. */
const chance = (seed: number, question: string, below: number): number => {
  let state = (2_166_136_261 ^ seed) >>> 0;
  for (const char of question) state = Math.imul(state ^ char.charCodeAt(0), 16_777_619) >>> 0;
  state = Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0;
  return ((state ^ (state >>> 13)) >>> 0) % below;
};

const always: Timetable = timetable({ windows: [], frozen: [] });
const tables: readonly Timetable[] = [
  ...['01:00-05:00 UTC', '00:00-02:00 Europe/Paris', '13:00-12:30 Asia/Kathmandu', '2026-01-13 00:00-06:00 UTC'],
].map((text) => timetable({ windows: [[parseWindow(text, 'test').window]], frozen: [] }));

/** Most are small; one of some hundreds is as large as it gets. */
const size = fc.oneof(
  { weight: 700, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 250, arbitrary: fc.integer({ min: 20, max: 80 }) },
  { weight: 48, arbitrary: fc.integer({ min: 80, max: 250 }) },
  { weight: 2, arbitrary: fc.integer({ min: 250, max: 1000 }) },
);
const percent = (min: number) => fc.integer({ min, max: 100 }).map((n): Share => `${n}%`);
const rarely = <T>(value: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary: value });

const anySetting: fc.Arbitrary<Setting> = fc
  .record({
    size,
    seed: fc.nat(1_000_000),
    faults: fc.constantFrom(0, 0, 5, 20, 60),
    waves: fc.array(fc.oneof(fc.nat(50), percent(0)), { maxLength: 4 }),
    concurrency: fc.oneof(fc.integer({ min: 1, max: 40 }), percent(1)),
    stopAfter: fc.oneof(fc.integer({ min: 0, max: 12 }), percent(0)),
    maxUnavailable: rarely(fc.integer({ min: 1, max: 40 }), null),
    order: fc.constantFrom<Setting['order']>(
      { by: 'inventory' },
      { by: 'reverse' },
      { by: 'sorted' },
      { by: 'shuffle', seed: 's' },
    ),
    rule: fc.constantFrom('never-two', 'each-first', null),
    racks: fc.integer({ min: 1, max: 12 }),
    canaries: rarely(fc.integer({ min: 1, max: 4 }), 0),
    peers: rarely(fc.integer({ min: 1, max: 5 }), 0),
    down: rarely(fc.nat(20), 0),
    table: rarely(fc.constantFrom(...tables), always),
    needMs: fc.constantFrom(0, 5 * minute, 45 * minute),
    pauseMs: fc.constantFrom(0, 10 * minute, 600 * minute),
    hesitant: fc.constantFrom(0, 0, 30),
    interruptAfter: rarely(fc.nat(30), 2000),
    at: fc.nat(24 * 60),
  })
  .map(({ size: count, seed, faults, rule, racks, table, hesitant, at, ...rest }): Setting => {
    const hosts = Array.from({ length: count }, (_, i) => `hv${i + 1}`);
    const index = new Map(hosts.map((host, i) => [host, i]));
    const distance = (a: string, b: string): number => Math.abs((index.get(a) ?? 0) - (index.get(b) ?? 0));
    return {
      ...rest,
      hosts,
      canaries: new Set(hosts.filter((host) => chance(seed, `${host} canary`, count) < rest.canaries)),
      spread: rule === null ? null : { by: 'rack', rule },
      domainOf: (host) => {
        const rack = chance(seed, `${host} rack`, racks + 1);
        return rack === racks ? null : `r${rack}`;
      },
      peers: (a, b) => rest.peers > 0 && distance(a, b) === rest.peers,
      timetable: table,
      fate: (host) => ({
        outcome:
          chance(seed, `${host} faulty`, 100) < faults
            ? (outcomes[chance(seed, `${host} outcome`, outcomes.length)] ?? 'failed')
            : 'changed',
        ms: chance(seed, `${host} time`, 30 * minute),
      }),
      hesitates: (host) => chance(seed, `${host} hook`, 100) < hesitant,
      now: Date.UTC(2026, 0, 13) + at * minute,
    };
  });

const check = (held: boolean, promise: string): void => {
  if (!held) throw new Error(`broken: ${promise}`);
};

const keepsItsPromises = (setting: Setting, played: Played): void => {
  const { hosts, domainOf, spread, canaries, peers, timetable: table, needMs } = setting;
  for (const { time, schedule, starting } of played.sights) {
    const { inFlight, failed, options, wave } = schedule;
    const flying = [...inFlight, ...starting];
    check(flying.length <= options.concurrency, 'no more hosts in flight than the play says');
    const outOfService = flying.length + options.down + failed.length;
    check(
      flying.length === 0 || outOfService <= options.capacity,
      'in flight + down + failed never exceed the capacity',
    );
    check(starting.length === 0 || failed.length < options.limit, 'nothing starts once the budget is spent');
    for (const host of starting) {
      check(options.waves[wave]?.includes(host) === true, 'hosts start in their own wave');
      check(
        (table.openUntil(time) ?? 0) - time >= needMs,
        'a host starts when it can end, and be undone, in the window',
      );
      const others = flying.filter((other) => other !== host);
      check(!others.some((other) => peers(host, other) || peers(other, host)), 'peers are never in flight together');
      if (spread === null) continue;
      const alike = others.filter((other) => domainOf(other) === domainOf(host));
      if (spread.rule === 'never-two') check(alike.length === 0, 'never two of one rack');
      else check(alike.length === others.length, 'one rack is finished before the next');
    }
  }
  const ended = played.ends.map(([host]) => host);
  const all = [...ended, ...played.notStarted];
  check(new Set(all).size === all.length && all.length === hosts.length, 'each host ends in exactly one state');
  check(
    all.every((host) => hosts.includes(host)),
    'no host is made up',
  );
  const spent = whenSpent(played);
  const late = spent === null ? 0 : spent.failed + spent.inFlight;
  check(spent === null || failures(played) <= late, 'once it is spent, only those in flight can still fail');
  const anyLate = ended.findIndex((host) => !canaries.has(host));
  check(anyLate < 0 || ended.slice(0, anyLate).length === Math.min(canaries.size, ended.length), 'canaries go first');
  if (played.because === 'finished') check(played.notStarted.length === 0, 'what is finished has no host left');
  else check(played.notStarted.length > 0, 'what has stopped has hosts left');
};

describe('ten thousand rollouts of up to a thousand hosts, with random faults, racks, windows and interrupts', () => {
  it('keep every promise, and end each host in exactly one state', () => {
    const seen = new Map<string, number>();
    let largest = 0;
    fc.assert(
      fc.property(anySetting, (setting) => {
        const played = play(setting);
        keepsItsPromises(setting, played);
        const how = played.closed ? 'closed' : played.because;
        seen.set(how, (seen.get(how) ?? 0) + 1);
        largest = Math.max(largest, setting.hosts.length);
      }),
      { numRuns: 10_000, seed: 20_260_113 },
    );
    // They would prove little if all of them went the same way.
    for (const how of ['finished', 'budget', 'capacity', 'told', 'closed'])
      expect(seen.get(how) ?? 0, how).toBeGreaterThan(100);
    expect(largest).toBeGreaterThan(500);
  }, 300_000);
});

describe('the simulation', () => {
  const broken = (breaks: (schedule: Played) => Played) => () =>
    fc.assert(
      fc.property(anySetting, (setting) => keepsItsPromises(setting, breaks(play(setting)))),
      { numRuns: 500, seed: 1 },
    );

  it.each<[string, string, (played: Played) => Played]>([
    [
      'a host that ends twice',
      'exactly one state',
      (played) => ({ ...played, ends: [...played.ends, ...played.ends.slice(0, 1)] }),
    ],
    ['a host that is forgotten', 'exactly one state', (played) => ({ ...played, ends: played.ends.slice(1) })],
    [
      'a start too many',
      'broken: ',
      (played) => ({
        ...played,
        sights: played.sights.map((sight) => ({ ...sight, starting: sight.schedule.waiting.flat() })),
      }),
    ],
    [
      'hosts that are down and forgotten',
      'in flight + down + failed',
      (played) => ({
        ...played,
        sights: played.sights.map((sight) => ({
          ...sight,
          schedule: {
            ...sight.schedule,
            options: { ...sight.schedule.options, down: sight.schedule.options.down + 99 },
          },
        })),
      }),
    ],
  ])('would notice %s', (_, promise, breaks) => {
    expect(broken(breaks)).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: expect.stringContaining(promise) }) }),
    );
  });
});
