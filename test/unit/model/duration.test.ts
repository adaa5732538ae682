import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/model/duration.ts';

describe('a duration', () => {
  it.each<[string, number]>([
    ['500ms', 500],
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1m30s', 90_000],
    ['1h5ms', 3_600_005],
    ['1.5s', 1_500],
    ['2.3h', 8_280_000],
    ['0.1ms', 0],
    ['0s', 0],
  ])('%s is %d milliseconds', (text, ms) => {
    expect(parseDuration(text, 'pause')).toBe(ms);
  });

  it.each(['', '90', 's', '-5s', '1 m', '5 s', '10min', '1d', '1.s', '.5s', '1,5s', '1.5.5s', '90S', '1m 30s', '5sx'])(
    '%j is refused with what to write',
    (text) => {
      expect(() => parseDuration(text, 'Swap: pause')).toThrow(
        expect.objectContaining({
          code: 'input.duration',
          message: `Swap: pause: "${text}" is not a duration.`,
          remedy: 'Write a number and a unit: 500ms, 90s, 10m, 2h or 1m30s.',
        }),
      );
    },
  );

  it.each<[number, string]>([
    [0, '0ms'],
    [250, '250ms'],
    [999.6, '1s'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [59_940, '59.9s'],
    [59_999, '1m'],
    [60_000, '1m'],
    [90_000, '1m30s'],
    [3_600_000, '1h'],
    [3_599_600, '1h'],
    [3_605_000, '1h5s'],
    [9_000_000, '2h30m'],
  ])('of %d milliseconds is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('of whole seconds reads back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000), 'x')).toBe(seconds * 1000);
      }),
    );
  });
});
