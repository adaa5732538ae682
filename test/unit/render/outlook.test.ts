import { describe, expect, it } from 'vitest';
import type { Outlook, WindowOutlook } from '../../../src/model/outlook.ts';
import { createLook } from '../../../src/render/index.ts';
import { outlookTexts } from '../../../src/render/outlook.ts';

const look = createLook({ colour: 0, glyphs: 'unicode' });
const minute = 60_000;
/** Tuesday, 13 January 2026, 01:00 in London. */
const now = Date.UTC(2026, 0, 13, 1);
const window: WindowOutlook = {
  ...{ zone: 'Europe/London', hosts: 40, perHostMs: 5 * minute, needMs: 10 * minute, by: 'measured', askedAt: now },
  ...{ opensAt: now, closesAt: now + 240 * minute, fit: 40, endsAt: now + 170 * minute },
};
const texts = (over: Partial<WindowOutlook>, more: Partial<Outlook> = {}): readonly string[] =>
  outlookTexts(
    { order: 'inventory', spread: null, canaries: 0, capacity: 4, down: [], window: { ...window, ...over }, ...more },
    look,
  );

describe('the outlook of a play', () => {
  it.each<[string, Partial<WindowOutlook>, string]>([
    ['all fit', {}, 'window is open until 05:00 Europe/London: about 2h50m of 4h, done at 03:50'],
    [
      'not all fit',
      { fit: 12, endsAt: now + 230 * minute },
      'window is open until 05:00 Europe/London: will not finish before 05:00: 12 of 40 hosts fit in this window',
    ],
    [
      'it opens another day',
      { opensAt: now + 1440 * minute, closesAt: now + 1680 * minute, endsAt: now + 1610 * minute },
      'window opens Wed 14 Jan 01:00 until 05:00 Europe/London: about 2h50m of 4h, done at 03:50',
    ],
    [
      'no window is long enough',
      { opensAt: null, fit: 0 },
      'no window is open for long enough: 10m are needed for a host',
    ],
    ['nothing is known of a host', { by: 'nothing' }, 'window is open until 05:00 Europe/London'],
    ['it may run at any time', { zone: null, closesAt: null }, 'about 2h50m in all'],
  ])('says how far it gets when %s', (_, over, text) => {
    expect(texts(over)[0]).toBe(text);
  });

  it.each<[WindowOutlook['by'], string]>([
    ['told', '10m are kept for each host'],
    ['measured', 'a host took 5m in earlier runs, 10m are kept for each host'],
    ['deadlines', 'not measured yet, by its deadlines 10m are kept for each host'],
    ['nothing', 'how long a host takes is not known yet'],
  ])('says how the time of a host is known: %s', (by, text) => {
    expect(texts({ by })[1]).toBe(text);
  });

  it('says which hosts are down, and what is left of the capacity', () => {
    expect(texts({}, { down: ['hv07', 'hv08'] })[0]).toBe('down already: hv[07-08]; 2 of 4 may be in flight or fail');
  });
});
