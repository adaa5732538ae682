import { basename, dirname, extname, join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { kindOf, namesIn } from './files.ts';

/** One `-i`. */
export type Source =
  | { readonly kind: 'hosts'; readonly text: string }
  | {
      readonly kind: 'files';
      readonly paths: readonly string[];
      /** Where its `group_vars/` and `host_vars/` are. */
      readonly directory: string;
    };

/** As Ansible's INVENTORY_IGNORE_EXTS, but for `.ini`: an inventory that is passed over is worse than a refusal. */
const PASSED_OVER = ['.pyc', '.pyo', '.swp', '.bak', '.rpm', '.md', '.txt', '.rst', '.orig', '.cfg', '.retry'];

const isPassedOver = (name: string): boolean =>
  name.startsWith('.') ||
  name.endsWith('~') ||
  ['group_vars', 'host_vars', 'vars_plugins'].includes(name) ||
  PASSED_OVER.includes(extname(name));

const filesBelow = async (directory: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await namesIn(directory)) {
    if (isPassedOver(name)) continue;
    const path = join(directory, name);
    if ((await kindOf(path)) === 'directory') found.push(...(await filesBelow(path)));
    else found.push(path);
  }
  return found;
};

const missing = (path: string): FleetError =>
  new FleetError({
    code: 'inventory.missing',
    message: `the inventory ${path} does not exist`,
    remedy: `Create it, or name another: ovsfleet … -i inventory.yaml (for a list of hosts, end it with a comma: -i '${basename(path)},')`,
    facts: { file: path },
  });

/**
 * Finds what one `-i` means: a file, a directory (all files in it and below, in the order of their names) or, with a
 * comma and no such file, a list of hosts.
 */
export const findSource = async (given: string): Promise<Source> => {
  switch (await kindOf(given)) {
    case 'file':
      return { kind: 'files', paths: [given], directory: dirname(given) };
    case 'directory': {
      const paths = await filesBelow(given);
      if (paths.length > 0) return { kind: 'files', paths, directory: given };
      throw new FleetError({
        code: 'inventory.empty',
        message: `the inventory directory ${given} holds no inventory file`,
        remedy: `Create ${join(given, 'inventory.yaml')}`,
        facts: { file: given },
      });
    }
    case 'absent':
      if (given.includes(',')) return { kind: 'hosts', text: given };
      throw missing(given);
  }
};
