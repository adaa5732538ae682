import { dirname, join, resolve } from 'node:path';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { VaultPassword } from '../vault/index.ts';
import { dataOf } from '../yaml/index.ts';
import { addHosts } from './add-hosts.ts';
import { type ConnectionDefaults, connectionOf } from './connection.ts';
import { ALL, type Draft, type DraftHost, emptyDraft, groupIn, UNGROUPED, type Vars } from './draft.ts';
import { readText, type TextFile } from './files.ts';
import { type Beside, groupsByHost, type VarsLayers, varsOfGroup, varsOfHost } from './host-vars.ts';
import type { Group, Inventory } from './inventory.ts';
import { type LinkedGroup, link } from './link.ts';
import { groupsVar, ownVarsOf } from './own-vars.ts';
import { PARAMS } from './params.ts';
import { attempt, attemptLater, report, throwFound } from './problems.ts';
import type { RunProgram } from './program.ts';
import { type Reader, readInventoryFile } from './read-file.ts';
import { findSource } from './sources.ts';
import { suspicions } from './suspicious.ts';
import { isTemplate, withTemplates } from './template.ts';
import { readVarsFiles } from './vars-files.ts';
import { vaultsOf } from './vaults.ts';

export interface LoadOptions {
  /** The user to connect as where the inventory names none. */
  readonly defaultUser: string;
  /** What `~` stands for in paths. */
  readonly home: string;
  /** Runs inventories that are programs. */
  readonly run: RunProgram;
  /** Opens what is encrypted with Ansible Vault. */
  readonly vaultPasswords?: readonly VaultPassword[];
  /** Where a playbook is: its `group_vars/` and `host_vars/` count more than those beside the inventory. */
  readonly playbookDirectory?: string;
}

/** What all sources say together, and every file that was read for it. */
interface Gathered {
  readonly layers: VarsLayers;
  readonly files: readonly TextFile[];
  /** The directory that relative paths of each file start from. */
  readonly directories: ReadonlyMap<string, string>;
}

const readHostList = (draft: Draft, text: string): void => {
  for (const piece of text.matchAll(/(?:[^,\s[]|\[[^\]]*\]?)+/g)) {
    const at = { file: `-i ${text}`, line: 1, column: piece.index + 1 };
    const key = { kind: 'scalar' as const, value: piece[0], text: piece[0], at };
    attempt(draft.problems, () => addHosts(draft, groupIn(draft, UNGROUPED, at), key, []));
  }
};

const gather = async (paths: readonly string[], reader: Reader, playbook: string | undefined): Promise<Gathered> => {
  const { draft, vaults } = reader;
  const files: TextFile[] = [];
  const directories = new Map<string, string>();
  const keep = (file: TextFile, directory: string): void => {
    files.push(file);
    directories.set(file.path, directory);
  };
  const readBeside = async (directory: string): Promise<Beside> => {
    const groups = await readVarsFiles(reader, join(directory, 'group_vars'));
    const hosts = await readVarsFiles(reader, join(directory, 'host_vars'));
    for (const file of [...groups.files, ...hosts.files]) keep(file, directory);
    return { groups, hosts };
  };

  const beside = new Map<string, Beside>();
  for (const path of paths) {
    const source = await attemptLater(draft.problems, () => findSource(path));
    if (source === undefined) continue;
    if (source.kind === 'hosts') {
      readHostList(draft, source.text);
      continue;
    }
    for (const each of source.paths) {
      await attemptLater(draft.problems, async () => {
        const file = await readText(each);
        keep(file, dirname(each));
        const opened = vaults.openFile(file);
        if (opened !== undefined) await readInventoryFile(reader, opened);
      });
    }
    const { directory } = source;
    const known = beside.get(directory) ?? (await readBeside(directory));
    // As in Ansible, files beside several sources count where the last of these stands.
    beside.delete(directory);
    beside.set(directory, known);
  }
  const plays = playbook === undefined ? [] : [beside.get(playbook) ?? (await readBeside(playbook))];
  return { layers: { inventories: [...beside.values()], plays }, files, directories };
};

/** Asks once for each. */
const remembered = <Asked, Answer>(ask: (about: Asked) => Answer): ((about: Asked) => Answer) => {
  const known = new Map<Asked, Answer>();
  return (about) => {
    const answer = known.get(about) ?? ask(about);
    known.set(about, answer);
    return answer;
  };
};

/** Variables as plain data; what many hosts share is one value. */
const plainVars = (): ((vars: Vars) => Host['vars']) => {
  const plain = remembered(dataOf);
  return (vars) => Object.fromEntries([...vars].map(([name, entry]) => [name, plain(entry.value)]));
};

const groupOf = ({ draft, hosts }: LinkedGroup): Group => ({
  name: draft.name,
  children: [...draft.children.keys()],
  hosts,
  own: [...draft.hosts],
  priority: draft.priority,
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

/** Resolves the hosts of linked groups: variables merged, templates put in place, connections read. */
const resolveHosts = (
  draft: Draft,
  groups: ReadonlyMap<string, LinkedGroup>,
  { layers, files, directories }: Gathered,
  options: LoadOptions,
) => {
  const defaults: ConnectionDefaults = {
    user: options.defaultUser,
    home: options.home,
    directoryOf: (at) => directories.get(at.file) ?? '.',
  };
  const inlineOfAll: Vars = draft.groups.get(ALL)?.vars ?? new Map<string, never>();
  const byHost = groupsByHost(groups);
  const ofGroups = groupsVar(groups);
  const paths = new Set(files.map(({ path }) => path));
  const plain = plainVars();
  const templated = remembered(isTemplate);
  const written = new Map<string, Vars>();
  const hosts = new Map<string, Host>();

  const fileOf = remembered((path: string) => (paths.has(path) ? resolve(path) : null));
  const evaluated = (host: DraftHost, own: readonly LinkedGroup[], vars: Vars): Vars => {
    if (![...vars.values()].some(({ value }) => templated(value))) return vars;
    const scope = { host: host.name, vars, own: ownVarsOf(host.name, own, ofGroups, fileOf(host.at.file)) };
    return withTemplates(scope, vars.keys(), (evaluate) => attempt(draft.problems, evaluate));
  };

  for (const [name, host] of draft.hosts) {
    const own = byHost.get(name) ?? [];
    const merged = varsOfHost(host, inlineOfAll, own, layers);
    written.set(name, merged);
    const vars = evaluated(host, own, merged);
    const connection = attempt(draft.problems, () => connectionOf(name, vars, defaults));
    if (connection === undefined) continue;
    const groupNames = own.map((group) => group.draft.name).toReversed();
    hosts.set(name, { name, ...connection, groups: groupNames, vars: plain(vars) });
  }
  return { hosts, written };
};

/**
 * Loads inventories, in order, into one: YAML and INI files as Ansible takes them, programs that print Ansible's dynamic
 * JSON, directories of such files, lists of hosts (`hv01,hv02,`), with the `group_vars/` and `host_vars/` beside them and
 * beside the playbook.
 *
 * Throws `FleetError` with file, line and column for whatever cannot be meant, all problems at once (`InventoryError`);
 * what may be meant comes back in `diagnostics`. A host that cannot be reached as written (a bad port) is an error here,
 * before anything runs.
 */
export const loadInventory = async (paths: readonly string[], options: LoadOptions): Promise<Inventory> => {
  const draft = emptyDraft();
  const vaults = vaultsOf(options.vaultPasswords ?? [], draft.problems);
  const gathered = await gather(paths, { draft, vaults, run: options.run }, options.playbookDirectory);
  vaults.reportClosed();
  const groups = attempt(draft.problems, () => link(draft)) ?? new Map<string, never>();
  if (draft.hosts.size === 0 && draft.problems.found.size === 0) report(draft.problems, noHosts(paths));
  const { hosts, written } = resolveHosts(draft, groups, gathered, options);

  const { layers, files } = gathered;
  const ofGroups = new Map([...draft.groups.values()].map((group) => [group.name, varsOfGroup(group, layers)]));
  const forAll = { host: ALL, vars: ofGroups.get(ALL) ?? new Map<string, never>(), own: new Map<string, never>() };
  const ofAll = withTemplates(forAll, [PARAMS], (evaluate) => attempt(draft.problems, evaluate));
  throwFound(draft.problems);
  return {
    hosts,
    groups: new Map([...groups].map(([name, group]) => [name, groupOf(group)])),
    written: ofAll,
    writtenOf: written,
    writtenOfGroup: ofGroups,
    files: files.map(({ path, sha256 }) => ({ path, sha256 })),
    // Variables beside a playbook may be for groups of other inventories.
    diagnostics: suspicions({ draft, groups, beside: layers.inventories, vars: written }),
  };
};
