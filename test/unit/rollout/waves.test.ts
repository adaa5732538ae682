import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Share } from '../../../src/model/rollout.ts';
import { failureLimit, waves } from '../../../src/rollout/index.ts';

const hosts = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `hv${i + 1}`);
const sizes = (count: number, shares: readonly Share[]): readonly number[] =>
  waves(hosts(count), shares).map((wave) => wave.length);

describe('waves', () => {
  it.each<[string, number, readonly Share[], readonly number[]]>([
    ['no shares: all hosts are one wave', 5, [], [5]],
    ['the canary goes first, then cumulative targets', 18, [1, '10%', '50%', '100%'], [1, 1, 7, 9]],
    ['each target is at least one host more than the one before', 3, ['1%', '1%', '1%'], [1, 1, 1]],
    ['targets past the last host make no empty wave', 2, [1, 5, 10, '100%'], [1, 1]],
    ['hosts beyond the last target form one more wave', 10, [1, '50%'], [1, 4, 5]],
    ['a target that falls back still moves on by one host', 6, [3, 1], [3, 1, 2]],
    ['29 % of 100 is 29, not 28', 100, ['29%', '57%', '58%'], [29, 28, 1, 42]],
    ['a fraction of a percent is exact', 1000, ['0.3%', '12.5%', '100%'], [3, 122, 875]],
    ['no hosts, no waves', 0, [1, '100%'], []],
  ])('%s', (_, count, shares, expected) => {
    expect(sizes(count, shares)).toEqual(expected);
  });

  it('keeps every host once and in its order, and never makes an empty wave', () => {
    const share = fc.oneof(
      fc.nat(120),
      fc.nat(100).map((percent): Share => `${percent}%`),
    );
    fc.assert(
      fc.property(fc.nat(100), fc.array(share, { maxLength: 8 }), (count, shares) => {
        const cut = waves(hosts(count), shares);
        expect(cut.flat()).toEqual(hosts(count));
        expect(cut.every((wave) => wave.length > 0)).toBe(true);
      }),
    );
  });

  it.each<Share>([-1, 1.5, '-5%', '101%', '100.5%', '1e1%', ' 5%'])(
    'refuses %j with what to write instead',
    (share) => {
      expect(() => waves(hosts(3), [share])).toThrow(expect.objectContaining({ code: 'rollout.share' }));
    },
  );
});

describe('the failure that stops a play', () => {
  it.each<[string, Share, number, number]>([
    ['a number is taken as it is', 3, 100, 3],
    ['a percentage is of all hosts, floored', '10%', 58, 5],
    ['a small share still stops at the first failure', '10%', 4, 1],
    ['zero would never let anything start, so it means the first', 0, 10, 1],
  ])('%s', (_, share, total, expected) => {
    expect(failureLimit(share, total)).toBe(expected);
  });
});
