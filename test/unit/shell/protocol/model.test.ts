import { describe, expect, it } from 'vitest';
import { canReach, type Explored, explore } from './explore.ts';
import { beginning, hasEnded, type Move, moves, type Nature, type World } from './model.ts';

const natures: readonly (readonly [string, Nature])[] = [
  ['that works', { change: 'works', undo: 'works' }],
  ['that works, whose undo may fail', { change: 'works', undo: 'either' }],
  ['that fails', { change: 'fails', undo: 'works' }],
  ['that fails, whose undo may fail', { change: 'fails', undo: 'either' }],
];
/** Kills, power cuts and removals of the unit, in any order, at any moment. */
const faults = 4;

const broken = (states: ReadonlyMap<string, Explored>, rule: (now: World) => boolean): readonly string[] =>
  [...states.values()].filter(({ now }) => !rule(now)).map(({ way }) => way.join(', '));

/** What must be so in every state, whatever happens. */
const rules: readonly (readonly [string, (now: World) => boolean])[] = [
  [
    'never has it both confirmed and undone',
    ({ token, state }) => token !== 'confirmed' || !['undoing', 'undone', 'stuck'].includes(state),
  ],
  ['is done only with the new release', ({ state, world }) => state !== 'done' || world === 'new'],
  ['is undone only with the old release', ({ state, world }) => state !== 'undone' || world === 'old'],
  ['is done only when somebody confirmed it', ({ state, token }) => state !== 'done' || token === 'confirmed'],
  ['has let go of what was held when it says that it has ended', (now) => !hasEnded(now) || now.held === 'no'],
  ['never goes forward and back at once', ({ main, finish }) => main === 'gone' || finish === 'gone'],
  [
    'changes nothing that is not held',
    ({ held, main, finish }) => held === 'yes' || !(main === 'start' || main === 'verify' || finish === 'undo, half'),
  ],
];

/** States from which it does not come to an end, though the host is up, or in which everything stands still. */
const endless = (states: ReadonlyMap<string, Explored>): readonly string[] => {
  const ends = canReach(states, (now) => hasEnded(now) && now.main === 'gone' && now.finish === 'gone');
  const lost = [...states].filter(
    ([key, { now, next }]) => !ends.has(key) || (!hasEnded(now) && next.every(({ by }) => by === 'fault')),
  );
  return lost.map(([, { way }]) => way.join(', '));
};

const from: readonly World[] = [{ ...beginning, faultsLeft: faults }];

describe.each(natures)('every course of a transaction %s, with two controllers and four faults', (_, nature) => {
  const states = explore(from, (now) => moves(now, nature));

  it('is looked at', () => {
    expect(states.size).toBeGreaterThan(500);
  });

  it.each(rules)('%s', (_rule, rule) => {
    expect(broken(states, rule)).toEqual([]);
  });

  it('comes to an end from wherever it is, as long as the host is up', () => {
    expect(endless(states)).toEqual([]);
  });

  it('gets stuck only when its undo fails', () => {
    const stuck = broken(states, ({ state }) => state !== 'stuck');
    expect(stuck.length > 0).toBe(nature.undo === 'either');
  });
});

describe('a protocol that is not as good is found out:', () => {
  const nature: Nature = { change: 'works', undo: 'works' };
  const few: readonly World[] = [{ ...beginning, faultsLeft: 1 }];
  const bad = (move: (move: Move, now: World) => readonly Move[]) => (now: World) =>
    moves(now, nature).flatMap((one) => move(one, now));

  it.each<[string, string, (now: World) => readonly Move[]]>([
    [
      'one that takes back without looking who was first to rename',
      'never has it both confirmed and undone',
      bad((move, now) => (now.finish === 'take back' ? [{ ...move, to: { ...now, finish: 'say undoing' } }] : [move])),
    ],
    [
      'one whose end runs beside the process that goes forward',
      'never goes forward and back at once',
      bad((move, now) =>
        move.by === 'fault' && move.does === 'remove the unit'
          ? [{ ...move, to: { ...now, finish: 'decide' } }]
          : [move],
      ),
    ],
    [
      'one that does not hold again what a reboot let go',
      'changes nothing that is not held',
      bad((move, now) => (now.finish === 'hold again' ? [{ ...move, to: { ...move.to, held: now.held } }] : [move])),
    ],
    [
      'one that believes an undo of an earlier boot without looking, where disks forget',
      'is undone only with the old release',
      (now) => [
        ...bad((move) =>
          now.finish === 'look' ? [{ ...move, to: { ...now, finish: 'note', verdict: 'undone' } }] : [move],
        )(now),
        ...(now.finish === 'look' && now.world === 'old'
          ? [{ by: 'fault', does: 'the disk has forgotten', says: null, to: { ...now, world: 'new' } } as const]
          : []),
      ],
    ],
  ])('%s', (_, rule, of) => {
    const found = rules.find(([name]) => name === rule);
    expect(found && broken(explore(few, of), found[1])).not.toEqual([]);
  });

  it('one in which nobody starts the unit again', () => {
    expect(
      endless(
        explore(
          from,
          bad((move) => (move.by === 'systemd' ? [] : [move])),
        ),
      ),
    ).not.toEqual([]);
  });
});
