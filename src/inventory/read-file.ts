import { FleetError } from '../model/error.ts';
import { parseInventoryYaml, problemAt, type YamlMap } from '../yaml/index.ts';
import type { TextFile } from './files.ts';
import { iniRefusal, refuseOtherFormats } from './other-formats.ts';

/** Parses an inventory file into its top mapping. Throws what is empty, of another format, or of another shape. */
export const readInventoryFile = (file: TextFile): YamlMap => {
  refuseOtherFormats(file);
  const { root, position } = parseInventoryYaml(file.text, file.path);
  if (root?.kind === 'map' && root.entries.length > 0) return root;
  if (root?.kind === 'scalar' && typeof root.value === 'string') throw iniRefusal(file);
  const empty = root === null || root.kind === 'map' || (root.kind === 'scalar' && root.value === null);
  throw new FleetError(
    problemAt(position([]), {
      code: empty ? 'inventory.empty' : 'inventory.bad-shape',
      message: empty ? 'this inventory is empty' : 'an inventory is a mapping of groups, and this is not',
      remedy: `Write into ${file.path}:\nhypervisors:\n  hosts:\n    hv01:`,
    }),
  );
};
