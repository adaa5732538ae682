import { FleetError } from '../model/error.ts';
import { parseInventoryYaml, problemAt } from '../yaml/index.ts';
import type { Draft } from './draft.ts';
import type { TextFile } from './files.ts';
import { formatOf } from './format.ts';
import { readIni } from './ini/read-ini.ts';
import { report } from './problems.ts';
import { type RunProgram, readProgram } from './program.ts';
import { readGroups } from './read-groups.ts';
import type { Vaults } from './vaults.ts';

/** What reading a file needs besides it. */
export interface Reader {
  readonly draft: Draft;
  readonly vaults: Vaults;
  readonly run: RunProgram;
}

/** How the YAML of one file is read: problems go to the draft, vaults are opened. */
export const yamlReading = ({ draft, vaults }: Reader, file: TextFile) => ({
  report: (problem: FleetError) => report(draft.problems, problem),
  openVault: vaults.openValue,
  values: file.values,
});

const readYaml = (reader: Reader, file: TextFile): void => {
  const { root, position } = parseInventoryYaml(file.text, file.path, yamlReading(reader, file));
  if (root?.kind === 'map' && root.entries.length > 0) {
    readGroups(reader.draft, root);
    return;
  }
  const empty = root === null || root.kind === 'map' || (root.kind === 'scalar' && root.value === null);
  throw new FleetError(
    problemAt(position([]), {
      code: empty ? 'inventory.empty' : 'inventory.bad-shape',
      message: empty ? 'this inventory is empty' : 'an inventory is a mapping of groups, and this is not',
      remedy: `Write into ${file.path}:\nhypervisors:\n  hosts:\n    hv01:`,
    }),
  );
};

/** Adds one inventory file to the draft. Throws what makes the rest of the file senseless; keeps other problems. */
export const readInventoryFile = async (reader: Reader, file: TextFile): Promise<void> => {
  switch (formatOf(file)) {
    case 'yaml':
      return readYaml(reader, file);
    case 'ini':
      return readIni(reader.draft, file);
    case 'program':
      return readProgram(reader.draft, file, reader.run);
    case 'toml':
      throw new FleetError({
        code: 'inventory.toml',
        message: `${file.path} is in TOML format, which is not supported`,
        remedy: `ansible-inventory -i ${file.path} --list --yaml --output inventory.yaml, and use -i inventory.yaml`,
        facts: { file: file.path },
      });
  }
};
