import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readConfiguration } from '../../config/index.ts';
import { loadInventory } from '../../inventory/index.ts';
import { listRuns } from '../../journal/index.ts';
import { openFleet } from '../fleet.ts';
import { home } from '../options.ts';
import { openPlaybook } from '../playbook-file.ts';
import type { Place } from './typed-words.ts';

const inventoryFlags = ['i', 'inventory'];

const inventoryOf = async ({ said }: Place): Promise<readonly string[]> => {
  const typed = inventoryFlags.flatMap((name) => said.get(name) ?? []);
  if (typed.length > 0) return typed;
  const [config] = said.get('config') ?? [];
  const place = { environment: process.env, workingDirectory: process.cwd(), home };
  const { settings } = await readConfiguration({ ...place, named: config });
  const configured = settings.get('inventory')?.value;
  return Array.isArray(configured) ? configured.map(String) : [];
};

/** Nothing is run, and nobody is asked, because a key was pressed: what a program or a vault has is not told. */
const runNothing = async (): Promise<never> => {
  throw new Error('inventory programs are not run to complete a word');
};

/** All groups and hosts. */
export const hostNames = async (place: Place): Promise<readonly string[]> => {
  const files = await inventoryOf(place);
  if (files.length === 0) return [];
  const options = { defaultUser: 'root', home, run: runNothing, vaultPasswords: [] };
  const { groups, hosts } = await loadInventory(files, options);
  return [...groups.keys(), ...hosts.keys()];
};

/** Ids of runs, the newest first, and `latest`. */
export const runNames = async (place: Place): Promise<readonly string[]> => {
  const inventory = await inventoryOf(place);
  const [fleetDirectory] = place.said.get('fleet-directory') ?? [];
  const { directory } = await openFleet({ inventory, limit: undefined, user: 'root', fleetDirectory });
  return ['latest', ...(await listRuns(directory)).map(({ id }) => id)];
};

const isPlaybook = (name: string): boolean => /\.[cm]?ts$/.test(name) && !/\.d\.[cm]?ts$/.test(name);

/** Playbooks in the directory that is typed, or in this one and in `playbooks`. */
export const playbookNames = async ({ value }: Place): Promise<readonly string[]> => {
  const directories = value.includes('/') ? [dirname(`${value}x`)] : ['', 'playbooks'];
  const found = directories.map(async (directory) =>
    (await readdir(directory === '' ? '.' : directory).catch(() => []))
      .filter(isPlaybook)
      .toSorted()
      .map((name) => join(directory, name)),
  );
  return (await Promise.all(found)).flat();
};

/** `version=` and so on, of the playbook that was typed before. */
export const paramNames = async ({ words: [playbook] }: Place): Promise<readonly string[]> => {
  if (playbook === undefined) return [];
  const { params } = (await openPlaybook(playbook, false)).playbook;
  return Object.keys(params).map((name) => `${name}=`);
};
