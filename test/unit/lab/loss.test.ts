import { describe, expect, test } from 'vitest';
import { lossOf } from '../../proof/kernel/watch.ts';

const answer = (seconds: number): string =>
  `[${seconds.toFixed(6)}] 64 bytes from 10.1.1.1: icmp_seq=1 ttl=64 time=1 ms`;
const summary = (sent: number, received: number): string =>
  `${sent} packets transmitted, ${received} received, 9% packet loss`;
const log = (answers: readonly number[], sent: number, end: number): string =>
  [...answers.map(answer), '', summary(sent, answers.length), `end ${end}`].join('\n');

describe('what a guest lost', () => {
  test.each<[string, string, { sent: number; lost: number; longestGapMs: number; back: boolean }]>([
    [
      'nothing: the gap is the interval',
      log([1, 1.1, 1.2], 3, 1.25),
      { sent: 3, lost: 0, longestGapMs: 100, back: true },
    ],
    [
      'a while in the middle',
      log([1, 1.1, 4.6, 4.7], 37, 4.75),
      { sent: 37, lost: 33, longestGapMs: 3500, back: true },
    ],
    [
      'all to the end: the gap goes on to it',
      log([1, 1.1], 100, 61.1),
      { sent: 100, lost: 98, longestGapMs: 60_000, back: false },
    ],
  ])('is told when it is %s', (_, text, loss) => {
    expect(lossOf(text)).toEqual(loss);
  });

  test('is not made up for a ping that never answered or did not end', () => {
    expect(() => lossOf(`${summary(9, 0)}\nend 9.5`)).toThrow('this is no ping that ended');
    expect(() => lossOf(answer(1))).toThrow('this is no ping that ended');
  });
});
