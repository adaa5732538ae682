import { FleetError } from '../model/error.ts';
import { addressOf, type Leaf, leafOf, leavesOf } from './address.ts';
import type { Node, Transaction } from './node.ts';

export type Chosen = (leaf: Leaf) => boolean;

const shown = (leaves: readonly Leaf[]): string => leaves.map(({ titles }) => `"${titles.at(-1)}"`).join(', ');

const split = ({ title }: Transaction, { play, titles }: Leaf, chosen: readonly Leaf[], others: readonly Leaf[]) => {
  const address = addressOf([...titles, title]);
  return new FleetError({
    code: 'playbook.split-transaction',
    message: `Play "${play}": transaction "${title}" is done whole or not at all, but ${shown(chosen)} would be done without ${shown(others)}.`,
    remedy: `Select all of it: --only '${address}', or none of it`,
    facts: { transaction: address },
  });
};

/**
 * A tree with those leaves alone that were chosen, and what they stand in.
 * @throws FleetError `playbook.split-transaction` when only a part of one was
 */
export const pruned = (nodes: readonly Node[], above: Leaf, chosen: Chosen): readonly Node[] =>
  nodes.flatMap((node): readonly Node[] => {
    const below: Leaf = {
      play: above.play,
      titles: [...above.titles, node.title],
      tags: [...above.tags, ...node.tags],
    };
    switch (node.kind) {
      case 'step':
      case 'verify':
      case 'on':
        return chosen(leafOf(node, above)) ? [node] : [];
      case 'group':
      case 'around':
      case 'unchanged':
      case 'watched': {
        const kept = pruned(node.nodes, below, chosen);
        return kept.length === 0 ? [] : [{ ...node, nodes: kept }];
      }
      case 'transaction': {
        const leaves = leavesOf(node.nodes, below);
        const wanted = leaves.filter(chosen);
        if (wanted.length === leaves.length) return [node];
        if (wanted.length === 0) return [];
        throw split(
          node,
          above,
          wanted,
          leaves.filter((leaf) => !wanted.includes(leaf)),
        );
      }
    }
  });
