import { dirname, join } from 'node:path';
import { FleetError } from '../model/error.ts';
import type { Host, Value } from '../model/host.ts';
import { dataOf, type Position, type YamlNode } from '../yaml/index.ts';
import { addHosts } from './add-hosts.ts';
import { type ConnectionDefaults, connectionOf } from './connection.ts';
import { ALL, type Draft, emptyDraft, groupIn, UNGROUPED, type Vars } from './draft.ts';
import { readText, type TextFile } from './files.ts';
import { type Beside, groupsByHost, varsOfAll, varsOfHost } from './host-vars.ts';
import type { Group, Inventory } from './inventory.ts';
import { type LinkedGroup, link } from './link.ts';
import { readInventoryFile } from './read-file.ts';
import { readGroups } from './read-groups.ts';
import { findSource } from './sources.ts';
import { suspicions } from './suspicious.ts';
import { readVarsFiles } from './vars-files.ts';

export interface LoadOptions {
  /** The user to connect as where the inventory names none. */
  readonly defaultUser: string;
  /** What `~` stands for in paths. */
  readonly home: string;
}

/** What all sources say together, and every file that was read for it. */
interface Gathered {
  readonly draft: Draft;
  readonly beside: readonly Beside[];
  readonly files: readonly TextFile[];
  /** The directory that relative paths of each file start from. */
  readonly directories: ReadonlyMap<string, string>;
}

const readHostList = (draft: Draft, text: string): void => {
  for (const piece of text.matchAll(/[^,\s]+/g)) {
    const at = { file: `-i ${text}`, line: 1, column: piece.index + 1 };
    addHosts(draft, groupIn(draft, UNGROUPED, at), { kind: 'scalar', value: piece[0], text: piece[0], at }, []);
  }
};

const gather = async (paths: readonly string[]): Promise<Gathered> => {
  const draft = emptyDraft();
  const files: TextFile[] = [];
  const directories = new Map<string, string>();
  const beside = new Map<string, Beside>();
  const keep = (file: TextFile, directory: string): void => {
    files.push(file);
    directories.set(file.path, directory);
  };
  for (const path of paths) {
    const source = await findSource(path);
    if (source.kind === 'hosts') {
      readHostList(draft, source.text);
      continue;
    }
    for (const each of source.paths) {
      const file = await readText(each);
      keep(file, dirname(each));
      readGroups(draft, readInventoryFile(file));
    }
    const { directory } = source;
    if (beside.has(directory)) continue;
    const groups = await readVarsFiles(join(directory, 'group_vars'));
    const hosts = await readVarsFiles(join(directory, 'host_vars'));
    for (const file of [...groups.files, ...hosts.files]) keep(file, directory);
    beside.set(directory, { groups, hosts });
  }
  return { draft, beside: [...beside.values()], files, directories };
};

/** Variables as plain data; what many hosts share is one value. */
const plainVars = (): ((vars: Vars) => Host['vars']) => {
  const values = new Map<YamlNode, Value>();
  const plain = (node: YamlNode): Value => {
    const known = values.get(node);
    if (known !== undefined) return known;
    const made = dataOf(node);
    values.set(node, made);
    return made;
  };
  return (vars) => Object.fromEntries([...vars].map(([name, entry]) => [name, plain(entry.value)]));
};

const groupOf = ({ draft, hosts }: LinkedGroup): Group => ({
  name: draft.name,
  children: [...draft.children.keys()],
  hosts,
});

const noHosts = (paths: readonly string[]): FleetError =>
  new FleetError({
    code: 'inventory.no-hosts',
    message: paths.length === 0 ? 'no inventory was given' : `the inventory ${paths.join(', ')} has no hosts`,
    remedy:
      paths.length === 0
        ? 'ovsfleet … -i inventory.yaml'
        : `Write into ${paths[0]}:\nhypervisors:\n  hosts:\n    hv01:`,
  });

/**
 * Loads inventories, in order, into one: YAML files as Ansible takes them, directories of such files, lists of hosts
 * (`hv01,hv02`), with the `group_vars/` and `host_vars/` beside them.
 *
 * Throws `FleetError` with file, line and column for whatever cannot be meant; what may be meant comes back in
 * `diagnostics`. A host that cannot be reached as written (a bad port) is an error here, before anything runs.
 */
export const loadInventory = async (paths: readonly string[], options: LoadOptions): Promise<Inventory> => {
  const { draft, beside, files, directories } = await gather(paths);
  const groups = link(draft);
  if (draft.hosts.size === 0) throw noHosts(paths);

  const defaults: ConnectionDefaults = {
    user: options.defaultUser,
    home: options.home,
    directoryOf: (at: Position) => directories.get(at.file) ?? '.',
  };
  const inlineOfAll: Vars = draft.groups.get(ALL)?.vars ?? new Map<string, never>();
  const byHost = groupsByHost(groups);
  const plain = plainVars();
  const vars = new Map<string, Vars>();
  const hosts = new Map<string, Host>();
  for (const [name, host] of draft.hosts) {
    const own = byHost.get(name) ?? [];
    const merged = varsOfHost(host, inlineOfAll, own, beside);
    vars.set(name, merged);
    hosts.set(name, {
      name,
      ...connectionOf(name, merged, defaults),
      groups: own.map((group) => group.draft.name).toReversed(),
      vars: plain(merged),
    });
  }
  const written = varsOfAll(draft, beside);
  return {
    hosts,
    groups: new Map([...groups].map(([name, group]) => [name, groupOf(group)])),
    vars: plain(written),
    written,
    files: files.map(({ path, sha256 }) => ({ path, sha256 })),
    diagnostics: suspicions({ draft, groups, beside, vars }),
  };
};
