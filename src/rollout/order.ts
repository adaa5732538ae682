import type { Order } from '../model/rollout.ts';

/** A number from 0 up to 1 at each call, the same row for the same seed (mulberry32 on an FNV-1a hash). */
const seeded = (seed: string): (() => number) => {
  let state = 2_166_136_261;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const shuffled = (hosts: readonly string[], seed: string): readonly string[] => {
  const random = seeded(seed);
  const result = [...hosts];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a = '', b = ''] = [result[last], result[other]];
    result[last] = b;
    result[other] = a;
  }
  return result;
};

const byName = new Intl.Collator('en', { numeric: true }).compare;

/** Hosts, given in the order of the inventory, in the order in which a play takes them. `sorted` has hv2 before hv10. */
export const ordered = (hosts: readonly string[], order: Order): readonly string[] => {
  switch (order.by) {
    case 'inventory':
      return hosts;
    case 'reverse':
      return hosts.toReversed();
    case 'sorted':
      return hosts.toSorted(byName);
    case 'shuffle':
      return shuffled(hosts, order.seed);
  }
};
