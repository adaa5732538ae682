import type { Value } from '../model/host.ts';
import type { YamlNode } from './node.ts';

/** The plain value of a node. Keys are as written: `1: a` gives `{"1": "a"}`. */
export const dataOf = (node: YamlNode): Value => {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'secret':
      return node.secret;
    case 'list':
      return node.items.map(dataOf);
    case 'map':
      // fromEntries defines properties: a key named __proto__ stays an ordinary key.
      return Object.fromEntries(node.entries.map((entry) => [entry.key.text, dataOf(entry.value)]));
  }
};
