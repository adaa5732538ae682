import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityOf, itinerary, windowOf } from '../../../src/rollout/index.ts';

const rack: Readonly<Record<string, string>> = { hv1: 'r1', hv2: 'r2', hv10: 'r1', hv3: 'r2' };
const input = {
  hosts: ['hv10', 'hv2', 'hv1', 'hv3', 'hv9'],
  order: { by: 'inventory' },
  waves: [],
  canaries: new Set<string>(),
  spread: null,
  domainOf: (host: string) => rack[host] ?? null,
} as const;
type Input = Parameters<typeof itinerary>[0];

describe('the waves in which hosts are taken', () => {
  it.each<[string, Partial<Input>, readonly (readonly string[])[]]>([
    ['as the inventory has them', {}, [['hv10', 'hv2', 'hv1', 'hv3', 'hv9']]],
    ['the other way round', { order: { by: 'reverse' } }, [['hv9', 'hv3', 'hv1', 'hv2', 'hv10']]],
    ['sorted as people count', { order: { by: 'sorted' } }, [['hv1', 'hv2', 'hv3', 'hv9', 'hv10']]],
    [
      'one domain after the other, those without one last',
      { spread: { by: 'rack', rule: 'each-first' }, order: { by: 'sorted' } },
      [['hv1', 'hv10', 'hv2', 'hv3', 'hv9']],
    ],
    [
      'spread over domains they keep their order',
      { spread: { by: 'rack', rule: 'never-two' } },
      [['hv10', 'hv2', 'hv1', 'hv3', 'hv9']],
    ],
    [
      'canaries first, and shares of those that are left',
      { canaries: new Set(['hv3', 'hv1']), waves: ['50%'] },
      [['hv1', 'hv3'], ['hv10'], ['hv2', 'hv9']],
    ],
  ])('%s', (_, over, waves) => {
    expect(itinerary({ ...input, ...over })).toEqual(waves);
  });

  it('shuffled have every host once, and the same seed gives the same order', () => {
    const hosts = Array.from({ length: 200 }, (_, i) => `hv${i}`);
    const shuffled = (seed: string) => itinerary({ ...input, hosts, order: { by: 'shuffle', seed } }).flat();
    fc.assert(
      fc.property(fc.string(), (seed) => {
        expect([...shuffled(seed)].sort()).toEqual([...hosts].sort());
        expect(shuffled(seed)).toEqual(shuffled(seed));
      }),
    );
    expect(shuffled('a')).not.toEqual(shuffled('b'));
    expect(shuffled('a')).not.toEqual(hosts);
  });
});

describe('a share of the hosts at a time', () => {
  it.each<[string, Parameters<typeof windowOf>[0], number, number]>([
    ['a number is taken as it is', 4, 100, 4],
    ['a percentage is floored', '5%', 58, 2],
    ['and never less than one', '1%', 10, 1],
  ])('%s', (_, share, total, expected) => {
    expect(windowOf(share, total)).toBe(expected);
    expect(capacityOf(share, total)).toBe(expected);
  });
});
