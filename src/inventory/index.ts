export type { Inventory } from './inventory.ts';
export { limit } from './limit.ts';
export { graphText, hostText, hostVarsText, listText, yamlText } from './listing/listing.ts';
export { type LoadOptions, loadInventory } from './load.ts';
export { ovsfleetParams } from './params.ts';
export { InventoryError } from './problems.ts';
export type { ProgramAnswer, RunProgram } from './program.ts';
export { select } from './select.ts';
