import { describe, expect, it } from 'vitest';
import { hostTime } from '../../../src/rollout/index.ts';

const nothing = { perHostMs: null, measured: [], deadlinesMs: 0 };
const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

describe('the time that is kept for a host', () => {
  it.each<[string, Partial<Parameters<typeof hostTime>[0]>, ReturnType<typeof hostTime>]>([
    ['is none when nothing is known', {}, { ms: 0, needMs: 0, by: 'nothing' }],
    ['is what is told, its undo included', { perHostMs: 20 }, { ms: 20, needMs: 20, by: 'told' }],
    ['is what is told, though others took less', { perHostMs: 20, measured: [5] }, { ms: 5, needMs: 20, by: 'told' }],
    ['is twice what 95 of 100 took', { measured: hundred }, { ms: 95, needMs: 190, by: 'measured' }],
    ['is twice the longest of a few', { measured: [3, 9, 4] }, { ms: 9, needMs: 18, by: 'measured' }],
    ['is twice the deadlines before any was measured', { deadlinesMs: 7 }, { ms: 7, needMs: 14, by: 'deadlines' }],
    [
      'is what was measured rather than a deadline',
      { measured: [1], deadlinesMs: 7 },
      { ms: 1, needMs: 2, by: 'measured' },
    ],
  ])('%s', (_, input, time) => {
    expect(hostTime({ ...nothing, ...input })).toEqual(time);
  });
});
