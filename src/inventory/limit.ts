import type { Host } from '../model/host.ts';
import { kindOf, readText } from './files.ts';
import type { Inventory } from './inventory.ts';
import { badPattern, splitPattern } from './pattern.ts';
import { type SelectOptions, selectParts } from './select.ts';

const partsOfFile = async (path: string, pattern: string): Promise<readonly string[]> => {
  if ((await kindOf(path)) !== 'file') {
    throw badPattern(pattern, `names a file of hosts that does not exist: ${path}`, `ls -l ${path}`);
  }
  const lines = (await readText(path)).text.split(/\r?\n/).map((line) => line.trim());
  const parts = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (parts.length > 0) return parts;
  throw badPattern(pattern, `names a file without hosts: ${path}`, `Write one host a line into ${path}`);
};

/**
 * The hosts of a run that `--limit` allows, in their order. The limit is a pattern over the whole inventory whose parts
 * may be `@file`: one pattern a line, `#` begins a comment line. The result may be empty (a play of other hosts); a
 * limit that fits no host of the inventory is an error, as for `select`.
 */
export const limit = async (
  inventory: Inventory,
  hosts: readonly Host[],
  pattern: string,
  options: SelectOptions = {},
): Promise<readonly Host[]> => {
  const parts: string[] = [];
  for (const part of splitPattern(pattern)) {
    if (part.startsWith('@')) parts.push(...(await partsOfFile(part.slice(1), pattern)));
    else parts.push(part);
  }
  const allowed = new Set(selectParts(inventory, parts, pattern, options).map(({ name }) => name));
  return hosts.filter((host) => allowed.has(host.name));
};
