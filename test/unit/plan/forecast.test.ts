import { describe, expect, it } from 'vitest';
import { around, group, on, sh, step, trafficWatched, transaction, unchanged, verify } from '../../../src/index.ts';
import { hasChanges } from '../../../src/model/plan.ts';
import type { Reading } from '../../../src/model/plan-document.ts';
import { isSatisfied, plannedNodes, readables } from '../../../src/plan/index.ts';
import type { Node } from '../../../src/playbook/index.ts';

const set = (title: string) => step(title, { read: sh`cat`, want: 'yes', make: sh`:`, undo: sh`:` });
const yes: Reading = { is: 'value', text: 'yes' };
const no: Reading = { is: 'value', text: 'no' };
const readings = (values: Readonly<Record<string, Reading>>) => new Map(Object.entries(values));

const tree = (...nodes: readonly Node[]): Node =>
  trafficWatched(
    { maxGap: '3s' },
    transaction(
      'swap',
      { confirm: '90s', deadline: '5m' },
      around('held', { before: sh`:`, after: sh`:` }, unchanged('flows', { read: sh`:` }, ...nodes)),
    ),
  );

describe('the forecast of a step', () => {
  it.each<[string, Reading | null, unknown]>([
    ['that reads as wanted', yes, { is: 'satisfied' }],
    ['that reads otherwise', no, { is: 'change', changes: [{ key: '', before: 'no', after: 'yes' }] }],
    ['that cannot be known yet', { is: 'unknown', until: 'a is there' }, { is: 'unknown', until: 'a is there' }],
    ['that cannot be read', { is: 'error', message: 'no such tool' }, { is: 'error', message: 'no such tool' }],
    ['of which nothing was heard', null, { is: 'error', message: 'it was not read' }],
  ])('%s', (_, reading, forecast) => {
    const planned = plannedNodes([set('a')], readings(reading === null ? {} : { a: reading }), null);
    expect(planned).toEqual([{ kind: 'step', title: 'a', forecast }]);
  });
});

describe('the forecast of a check', () => {
  const up = verify('up', { read: sh`:`, want: 'yes', within: '1m' });
  it.each<[string, readonly Node[], Readonly<Record<string, Reading>>, unknown]>([
    ['that holds', [up], { up: yes }, { is: 'satisfied' }],
    ['that fails', [up], { up: no }, { is: 'fails', changes: [{ key: '', before: 'no', after: 'yes' }] }],
    ['that cannot be read', [up], { up: { is: 'error', message: 'no tool' } }, { is: 'error', message: 'no tool' }],
    ['behind a step that changes nothing', [set('a'), up], { a: yes, up: yes }, { is: 'satisfied' }],
    ['behind a change is not known before it, whatever it reads', [set('a'), up], { a: no, up: no }, { is: 'check' }],
    ['behind a change of the group before it', [group('g', set('a')), up], { a: no, up: yes }, { is: 'check' }],
  ])('%s', (_, nodes, values, forecast) => {
    expect(plannedNodes(nodes, readings(values), null).at(-1)).toEqual({ kind: 'step', title: 'up', forecast });
  });

  it('within a group knows of a change before that group', () => {
    const planned = plannedNodes([set('a'), group('g', up)], readings({ a: no, up: no }), null);
    expect(planned[1]).toMatchObject({ pending: false, children: [{ forecast: { is: 'check' } }] });
  });

  it('that fails shows at every level above it, and is something to tell', () => {
    const planned = plannedNodes([group('g', group('h', up))], readings({ up: no }), null);
    expect(planned).toMatchObject([{ pending: true, children: [{ pending: true }] }]);
    expect(hasChanges({ host: 'hv01', nodes: planned, refusals: [] })).toBe(true);
  });
});

describe('what another host is asked', () => {
  const asked = on('hv02', verify('seen', { read: sh`:`, want: 'yes' }));
  it('is not read of this one, and only foreseen as a check', () => {
    expect(readables([asked])).toEqual([]);
    expect(plannedNodes([asked], readings({}), null)).toEqual([
      { kind: 'step', title: 'seen', forecast: { is: 'check' }, note: 'asked of hv02' },
    ]);
  });

  it('must be asked even where all else reads as wanted', () => {
    expect(isSatisfied([set('a'), asked], readings({ a: yes }))).toBe(false);
  });
});

describe('a tree', () => {
  it('is read in its order, through all that stands around steps', () => {
    const nodes = [set('a'), tree(set('b'), verify('c', { read: sh`:`, want: '' })), group('more', set('d'))];
    expect(readables(nodes).map(({ title }) => title)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is pending at every level above a step that is', () => {
    const planned = plannedNodes([tree(set('a'), set('b'))], readings({ a: yes, b: no }), {
      from: 'hv02',
      to: '10.0.0.1',
    });
    expect(planned).toMatchObject([
      {
        kind: 'watched',
        title: 'longest gap ≤ 3s',
        pending: true,
        probe: { from: 'hv02', to: '10.0.0.1' },
        children: [
          {
            kind: 'transaction',
            pending: true,
            confirmMs: 90_000,
            deadlineMs: 300_000,
            children: [{ kind: 'around', pending: true, children: [{ kind: 'unchanged', pending: true }] }],
          },
        ],
      },
    ]);
    expect(hasChanges({ host: 'hv01', nodes: planned, refusals: [] })).toBe(true);
  });

  it.each<[string, readonly Node[], Readonly<Record<string, Reading>>, boolean]>([
    ['satisfied when all reads as wanted', [tree(set('a'))], { a: yes }, true],
    ['not when one step does not', [set('b'), tree(set('a'))], { a: no, b: yes }, false],
    [
      'not when a check does not hold, though nothing would change',
      [verify('up', { read: sh`:`, want: 'yes' })],
      { up: no },
      false,
    ],
    ['not when something cannot be known yet', [set('a')], { a: { is: 'unknown', until: 'x' } }, false],
    [
      'not when it brings a file that is lacking here',
      [step('a', { read: sh`:`, want: 'yes', make: sh`:`, brings: [{ remote: '/x', artifact: 'x' }] })],
      { a: yes },
      false,
    ],
  ])('is %s', (_, nodes, values, satisfied) => {
    expect(isSatisfied(nodes, readings(values))).toBe(satisfied);
  });
});
