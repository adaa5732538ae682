import { describe, expect, it } from 'vitest';
import { parsePingLine, summarizePings } from '../../../src/execute/ping.ts';

/** As `ping -D -n -O -i 0.2` of iputils printed it; times in seconds after 1795352100. */
const reply = (at: number, seq: number, ms = '0.05'): string =>
  `[${(1795352100 + at).toFixed(6)}] 64 bytes from 10.9.9.2: icmp_seq=${seq} ttl=64 time=${ms} ms`;
const silence = (at: number, seq: number): string =>
  `[${(1795352100 + at).toFixed(6)}] no answer yet for icmp_seq=${seq}`;
const unreachable = (at: number, seq: number): string =>
  `[${(1795352100 + at).toFixed(6)}] From 10.9.9.1 icmp_seq=${seq} Destination Host Unreachable`;
const twice = (at: number, seq: number): string => `${reply(at, seq)} (DUP!)`;
const head = 'PING 10.9.9.2 (10.9.9.2) 56(84) bytes of data.';

const sums = (lines: readonly string[]) => {
  const parsed = lines.map(parsePingLine).filter((line) => line !== null);
  const { sent, lost, longestGapMs } = summarizePings(parsed, { from: 'hv02', to: '10.9.9.2' });
  return { sent, lost, longestGapMs };
};

describe('traffic', () => {
  it.each<[string, readonly string[], { readonly sent: number; readonly lost: number; readonly longestGapMs: number }]>(
    [
      ['without loss', [head, reply(0, 1), reply(0.2, 2), reply(0.4, 3)], { sent: 3, lost: 0, longestGapMs: 200 }],
      [
        'with a gap in the middle',
        [head, reply(0, 1), silence(0.4, 2), silence(0.6, 3), reply(0.7, 4), reply(0.9, 5)],
        { sent: 5, lost: 2, longestGapMs: 700 },
      ],
      [
        'with two gaps counts the longer one',
        [reply(0, 1), silence(0.4, 2), reply(0.5, 3), silence(0.9, 4), silence(1.1, 5), reply(1.2, 6)],
        { sent: 6, lost: 3, longestGapMs: 700 },
      ],
      [
        'that does not come back counts until the probe ended',
        [reply(0, 1), silence(0.4, 2), silence(0.6, 3), silence(0.8, 4)],
        { sent: 4, lost: 3, longestGapMs: 800 },
      ],
      [
        'that ends in refusals by the neighbour counts those, too',
        [reply(0, 1), unreachable(3.1, 2), unreachable(3.1, 3)],
        { sent: 3, lost: 2, longestGapMs: 3100 },
      ],
      [
        'held back by an address not resolved, and delivered late, is late and not lost',
        [reply(0, 1), silence(0.4, 2), silence(0.6, 3), reply(1.1, 2, '900'), reply(1.1, 3, '700'), reply(1.2, 4)],
        { sent: 4, lost: 0, longestGapMs: 1100 },
      ],
      [
        'that is answered twice is counted once',
        [reply(0, 1), twice(0.01, 1), reply(0.2, 2), twice(0.9, 2), reply(1, 3)],
        { sent: 3, lost: 0, longestGapMs: 800 },
      ],
      ['of which nothing is known', [head], { sent: 0, lost: 0, longestGapMs: 0 }],
      ['never answered', [silence(0.4, 1), silence(0.6, 2)], { sent: 2, lost: 2, longestGapMs: 0 }],
    ],
  )('%s', (_, lines, sum) => {
    expect(sums(lines)).toEqual(sum);
  });
});
