export type { Inventory } from './inventory.ts';
export { limit } from './limit.ts';
export { loadInventory } from './load.ts';
export { ovsfleetParams } from './params.ts';
export { select } from './select.ts';
