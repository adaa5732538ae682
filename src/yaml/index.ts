export { dataOf } from './data.ts';
export type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './node.ts';
export { parseInventoryYaml, parseYaml, type YamlDocument } from './parse.ts';
export { type Position, problemAt, showPosition } from './position.ts';
