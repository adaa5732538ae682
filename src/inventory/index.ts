export type { Group, Inventory, InventoryFile } from './inventory.ts';
export { limit } from './limit.ts';
export { type LoadOptions, loadInventory } from './load.ts';
export { type InventoryParams, ovsfleetParams } from './params.ts';
export { type SelectOptions, select } from './select.ts';
