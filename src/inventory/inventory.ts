import type { Problem } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { YamlEntry } from '../yaml/index.ts';
import type { Vars } from './draft.ts';

export interface Group {
  readonly name: string;
  /** Names of the groups right below, in the order of the inventory. */
  readonly children: readonly string[];
  /** Names of all hosts in it or below, in the order that Ansible's subscripts (`group[0]`) count. */
  readonly hosts: readonly string[];
  /** Names of the hosts that it holds itself. */
  readonly own: readonly string[];
  readonly priority: number;
}

export interface InventoryFile {
  /** As given, or found below what was given. */
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface Inventory {
  /** In the order in which the files name them first. */
  readonly hosts: ReadonlyMap<string, Host>;
  /** `all` and `ungrouped` are always there. */
  readonly groups: ReadonlyMap<string, Group>;
  /** The variables of group `all`, with their places; the parameters of playbooks among them are without templates. */
  readonly written: ReadonlyMap<string, YamlEntry>;
  /** Every variable of each host as it is written, templates and all, with its place. */
  readonly writtenOf: ReadonlyMap<string, Vars>;
  /** Every variable of each group alone (its own and those of its `group_vars/`), likewise. */
  readonly writtenOfGroup: ReadonlyMap<string, Vars>;
  /** Every file read, in the order of reading. */
  readonly files: readonly InventoryFile[];
  /** What is legal and most likely a mistake: warnings, to be shown before anything runs. */
  readonly diagnostics: readonly Problem[];
}
