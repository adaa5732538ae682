import type { Node, On, Step, Verify } from './node.ts';

/** What a run does or looks at, which is not divided: a step, a check, or checks on another host; with where it stands. */
export interface Leaf {
  /** The title of its play. */
  readonly play: string;
  /** From the top of its tree, its own last. */
  readonly titles: readonly string[];
  /** Its own, and those of all that it stands in. */
  readonly tags: readonly string[];
}

/** Where something stands in its play, as one types it: `swap/running`. */
export const addressOf = (titles: readonly string[]): string => titles.join('/');

export const leafOf = (node: Step | Verify | On, { play, titles, tags }: Leaf): Leaf => ({
  play,
  titles: [...titles, node.title],
  tags: [...tags, ...node.tags],
});

/** Every leaf of a tree, in its order. `above` is what the tree stands in. */
export const leavesOf = (nodes: readonly Node[], above: Leaf): readonly Leaf[] =>
  nodes.flatMap((node): readonly Leaf[] => {
    switch (node.kind) {
      case 'step':
      case 'verify':
      case 'on':
        return [leafOf(node, above)];
      case 'group':
      case 'around':
      case 'unchanged':
      case 'transaction':
      case 'watched':
        return leavesOf(node.nodes, {
          play: above.play,
          titles: [...above.titles, node.title],
          tags: [...above.tags, ...node.tags],
        });
    }
  });

const expressionOf = (pattern: string): RegExp => {
  const parts = pattern.split(/([*?])/).map((part) => {
    if (part === '*') return '.*';
    return part === '?' ? '.' : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 's');
};

/** All that a leaf may be called by, and what it stands in. */
export const namesOf = ({ play, titles }: Leaf): readonly string[] => [
  play,
  ...titles.flatMap((title, index) => {
    const address = addressOf(titles.slice(0, index + 1));
    return [title, address, `${play}/${address}`];
  }),
];

/**
 * Whether a pattern names a leaf, or something that it stands in: by address (`swap/running`), by title alone, since titles
 * are there once in a play, or by the title of the play. `*` stands for any text, also over slashes, `?` for one letter.
 */
export const namer = (pattern: string): ((leaf: Leaf) => boolean) => {
  const expression = expressionOf(pattern);
  return (leaf) => namesOf(leaf).some((name) => expression.test(name));
};
