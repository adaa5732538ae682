import { extname, join } from 'node:path';
import { parseInventoryYaml, type YamlEntry, type YamlNode } from '../yaml/index.ts';
import { kindOf, namesIn, readText, type TextFile } from './files.ts';
import { attemptLater } from './problems.ts';
import { type Reader, yamlReading } from './read-file.ts';
import { refuse } from './refuse.ts';

/** The variables that files beside an inventory give to groups and hosts. */
export interface VarsFiles {
  /** Variables by the name of a group or host: the name of the file or directory. */
  readonly named: ReadonlyMap<string, ReadonlyMap<string, YamlEntry>>;
  readonly files: readonly TextFile[];
  /** Where each name came from. */
  readonly paths: ReadonlyMap<string, string>;
  /** Files that count for nothing since another one of the same name comes before them. */
  readonly shadowed: readonly { readonly path: string; readonly by: string }[];
}

/** In the order in which Ansible looks: the first that exists is the only one read. */
const EXTENSIONS = ['', '.yml', '.yaml', '.json'];

const stemOf = (name: string): string | undefined => {
  if (name.startsWith('.') || name.endsWith('~')) return undefined;
  const extension = extname(name);
  return extension !== '' && EXTENSIONS.includes(extension) ? name.slice(0, -extension.length) : name;
};

const filesBelow = async (directory: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await namesIn(directory)) {
    if (name.startsWith('.') || name.endsWith('~')) continue;
    const path = join(directory, name);
    const extension = extname(name);
    const kind = await kindOf(path);
    if (kind === 'directory' && extension === '') found.push(...(await filesBelow(path)));
    if (kind === 'file' && EXTENSIONS.includes(extension)) found.push(path);
  }
  return found;
};

const entriesOf = (root: YamlNode | null): readonly YamlEntry[] => {
  if (root === null || (root.kind === 'scalar' && root.value === null)) return [];
  if (root.kind === 'map') return root.entries;
  return refuse(root.at, 'bad-vars-file', 'a file of variables is a mapping, and this is not', 'ansible_user: root');
};

/**
 * Reads `group_vars/` or `host_vars/`: NAME, NAME.yml, NAME.yaml, NAME.json, or a directory of such files. Problems are
 * kept in the reader's draft.
 */
export const readVarsFiles = async (reader: Reader, directory: string): Promise<VarsFiles> => {
  const paths = new Map<string, string>();
  const shadowed: { path: string; by: string }[] = [];
  const named = new Map<string, ReadonlyMap<string, YamlEntry>>();
  const files: TextFile[] = [];
  if ((await kindOf(directory)) !== 'directory') return { named, files, paths, shadowed };
  const names = await namesIn(directory);
  const rank = (name: string): number => EXTENSIONS.indexOf(extname(name));
  for (const name of names.toSorted((a, b) => rank(a) - rank(b))) {
    const stem = stemOf(name);
    if (stem === undefined) continue;
    const by = paths.get(stem);
    if (by === undefined) paths.set(stem, join(directory, name));
    else shadowed.push({ path: join(directory, name), by });
  }
  for (const [name, path] of paths) {
    const vars = new Map<string, YamlEntry>();
    const parts = (await kindOf(path)) === 'directory' ? await filesBelow(path) : [path];
    for (const part of parts) {
      await attemptLater(reader.draft.problems, async () => {
        const written = await readText(part);
        files.push(written);
        const file = reader.vaults.openFile(written);
        if (file === undefined) return;
        const { root } = parseInventoryYaml(file.text, part, yamlReading(reader, file));
        for (const entry of entriesOf(root)) vars.set(entry.key.text, entry);
      });
    }
    named.set(name, vars);
  }
  return { named, files, paths, shadowed };
};
