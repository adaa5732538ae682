import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Inventory, limit, loadInventory, select } from '../inventory/index.ts';
import type { Host } from '../model/host.ts';
import { runInventoryProgram } from './inventory-program.ts';
import { home } from './options.ts';
import type { VaultFlags } from './vault-flags.ts';
import { vaultPasswords } from './vault-passwords.ts';

export interface FleetFlags {
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly user: string;
  /** The playbook that is run, if one is: the variables beside it count. */
  readonly playbook?: string;
  /** A directory in the place of the playbook's. */
  readonly playbookDirectory?: string;
  /** Where runs, locks and builds are kept, if not beside the inventory. */
  readonly fleetDirectory?: string | undefined;
  /** How to open what is encrypted; without it that stays closed. */
  readonly vault?: VaultFlags;
}

/** The inventory as flags name it, with the hosts of a pattern. */
export interface Fleet {
  readonly inventory: Inventory;
  /** Where runs, locks and builds are kept, in `.ovsfleet`. */
  readonly directory: string;
  /** Where the first inventory file lies: its policy does, too, which no flag may lead away from. */
  readonly inventoryDirectory: string;
  /** Hosts of a pattern, as limited by `--limit`. */
  readonly select: (pattern: string) => readonly Host[];
  /** All hosts of a pattern, none if there are none. */
  readonly selectAll: (pattern: string) => readonly Host[];
}

const directoryOf = async (path: string): Promise<string> => {
  if (path.includes(',')) return process.cwd();
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() === true ? resolve(path) : resolve(dirname(path));
};

export const openFleet = async (flags: FleetFlags): Promise<Fleet> => {
  const { playbook = '' } = flags;
  const playbookDirectory = flags.playbookDirectory ?? (playbook === '' ? undefined : dirname(playbook));
  const inventory = await loadInventory(flags.inventory, {
    defaultUser: flags.user,
    home,
    run: runInventoryProgram,
    vaultPasswords: flags.vault === undefined ? [] : await vaultPasswords(flags.vault),
    ...(playbookDirectory === undefined ? {} : { playbookDirectory }),
  });
  const [first = '.'] = flags.inventory;
  const inventoryDirectory = await directoryOf(first);
  const selectAll = (pattern: string): readonly Host[] => select(inventory, pattern, { allowEmpty: true });
  const allowed =
    flags.limit === undefined
      ? null
      : new Set((await limit(inventory, [...inventory.hosts.values()], flags.limit)).map((host) => host.name));
  return {
    inventory,
    directory: flags.fleetDirectory === undefined ? inventoryDirectory : resolve(flags.fleetDirectory),
    inventoryDirectory,
    selectAll,
    select: (pattern) => select(inventory, pattern).filter((host) => allowed?.has(host.name) ?? true),
  };
};
