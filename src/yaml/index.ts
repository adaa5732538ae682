export { dataOf } from './data.ts';
export type { ScalarValue, YamlEntry, YamlMap, YamlNode, YamlScalar, YamlSecret } from './node.ts';
export { isNumber, numberText } from './numbers.ts';
export { type InventoryReading, parseInventoryYaml, parseYaml } from './parse.ts';
export { type Position, problemAt, showPosition } from './position.ts';
export { hideAll } from './tags.ts';
export { writeYaml } from './write.ts';
