/** Choices that are the same in every run. */
export interface Draw {
  /** A whole number from 0, less than the bound. */
  below(bound: number): number;
  one<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item;
}

/** mulberry32 (public domain, Tommy Ettinger): enough chance for a test. */
export const drawFrom = (seed: number): Draw => {
  let state = (seed * 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    one: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('there is nothing to choose from');
      return item;
    },
  };
};
