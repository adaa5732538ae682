import { expect, it } from 'vitest';
import { createLook, plainSink } from '../../../src/render/index.ts';
import { runStart } from '../../golden/streams/stamp.ts';

const told = (owner: string | null, sinceMs: number | null): string => {
  let text = '';
  const sink = plainSink({
    ...{ look: createLook({ colour: 0, glyphs: 'unicode' }), zone: 'UTC', verbosity: 0 },
    write: (more) => {
      text += more;
    },
  });
  sink.accept({
    ...{
      seq: 1,
      time: runStart,
      run: 'r',
      type: 'transaction.attached',
      play: 0,
      host: 'hv01',
      transaction: 't-0a1b2c',
    },
    ...{ title: 'swap', state: 'running', found: true, owner, sinceMs },
  });
  return text;
};

it('a transaction that is found open is told at once: whose, since when, that it is waited for, how to look at it', () => {
  expect(told('ann@ctl1:/fleet', Date.UTC(2026, 0, 13, 0, 59, 7))).toBe(
    '01:00:00 hv01  found open: transaction swap, running, begun by ann@ctl1:/fleet, since 2026-01-13T00:59:07Z; it is waited for  → ovsfleet tx show hv01\n',
  );
});

it('of one of an older release no more is told than it says', () => {
  expect(told(null, null)).toContain('transaction swap, running; it is waited for');
});
