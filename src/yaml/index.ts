export { dataOf } from './data.ts';
export type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './node.ts';
export { parseInventoryYaml, parseYaml } from './parse.ts';
export { type Position, problemAt } from './position.ts';
