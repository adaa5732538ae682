import type { Problem } from '../model/error.ts';
import type { Host, Value } from '../model/host.ts';
import type { YamlEntry } from '../yaml/index.ts';

export interface Group {
  readonly name: string;
  /** Names of the groups right below, in the order of the inventory. */
  readonly children: readonly string[];
  /** Names of all hosts in it or below, in the order that Ansible's subscripts (`group[0]`) count. */
  readonly hosts: readonly string[];
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
  /** The variables of group `all`. */
  readonly vars: Readonly<Record<string, Value>>;
  /** Where each variable of group `all` is written. */
  readonly written: ReadonlyMap<string, YamlEntry>;
  /** Every file read, in the order of reading. */
  readonly files: readonly InventoryFile[];
  /** What is legal and most likely a mistake: warnings, to be shown before anything runs. */
  readonly diagnostics: readonly Problem[];
}
