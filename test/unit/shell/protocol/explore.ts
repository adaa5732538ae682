import type { Move, World } from './model.ts';

export interface Explored {
  readonly now: World;
  /** How one comes there, first move first; of the shortest ways one. */
  readonly way: readonly string[];
  readonly next: readonly Move[];
}

export const keyOf = (world: World): string => JSON.stringify(Object.entries(world).toSorted());

/** Every state that can be reached from these, breadth first. */
export const explore = (
  from: readonly World[],
  moves: (now: World) => readonly Move[],
): ReadonlyMap<string, Explored> => {
  const seen = new Map<string, Explored>();
  let front: readonly { readonly now: World; readonly way: readonly string[] }[] = from.map((now) => ({
    now,
    way: [],
  }));
  while (front.length > 0) {
    const following: { now: World; way: readonly string[] }[] = [];
    for (const { now, way } of front) {
      if (seen.has(keyOf(now))) continue;
      const next = moves(now);
      seen.set(keyOf(now), { now, way, next });
      for (const move of next) following.push({ now: move.to, way: [...way, move.does] });
    }
    front = following;
  }
  return seen;
};

/** Those of the states from which one that fits can be reached without another fault. */
export const canReach = (
  states: ReadonlyMap<string, Explored>,
  fits: (world: World) => boolean,
): ReadonlySet<string> => {
  const before = new Map<string, string[]>();
  for (const [key, { next }] of states) {
    for (const { by, to } of next) {
      if (by !== 'fault') before.set(keyOf(to), [...(before.get(keyOf(to)) ?? []), key]);
    }
  }
  const reached = new Set([...states].filter(([, { now }]) => fits(now)).map(([key]) => key));
  const front = [...reached];
  for (let key = front.pop(); key !== undefined; key = front.pop()) {
    for (const earlier of before.get(key) ?? []) {
      if (reached.has(earlier)) continue;
      reached.add(earlier);
      front.push(earlier);
    }
  }
  return reached;
};
