import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { isRunId } from './run-id.ts';

/** A run on the controller's disk. */
export interface RunDirectory {
  readonly id: string;
  readonly directory: string;
}

const runsOf = (base: string): string => join(base, '.ovsfleet', 'runs');

/**
 * Makes the directory of a new run, readable by its owner alone: `BASE/.ovsfleet/runs/ID`.
 * @param base the directory of the inventory
 * @throws FleetError `journal.unwritable`
 */
export const newRunDirectory = async (base: string, id: string): Promise<string> => {
  const runs = runsOf(base);
  const directory = join(runs, id);
  try {
    await mkdir(runs, { recursive: true, mode: 0o700 });
    await mkdir(directory, { mode: 0o700 });
    await syncDirectory(runs);
  } catch (error) {
    throw new FleetError(
      {
        code: 'journal.unwritable',
        message: `the run cannot be recorded in ${directory}: ${reason(error)}`,
        remedy: `make ${base} writable for you, or give a copy of the inventory in a directory that is`,
        facts: { directory },
      },
      error,
    );
  }
  return directory;
};

/** All runs recorded beside an inventory, newest first. */
export const listRuns = async (base: string): Promise<readonly RunDirectory[]> => {
  const runs = runsOf(base);
  const names = await readdir(runs).catch(() => []);
  return names
    .filter(isRunId)
    .sort()
    .reverse()
    .map((id) => ({ id, directory: join(runs, id) }));
};

/**
 * The run that a user means: by its id, by a part of it that only one run has, or `latest`.
 * @throws FleetError `journal.no-such-run`
 */
export const findRun = async (base: string, wanted: string): Promise<RunDirectory> => {
  const runs = await listRuns(base);
  const matching = wanted === 'latest' ? runs.slice(0, 1) : runs.filter((run) => run.id.includes(wanted));
  const found = runs.find((run) => run.id === wanted) ?? (matching.length === 1 ? matching[0] : undefined);
  if (found !== undefined) return found;
  const [newest] = runs;
  const several = matching.length > 1;
  throw new FleetError({
    code: 'journal.no-such-run',
    message: several
      ? `"${wanted}" fits ${matching.length} runs in ${runsOf(base)}`
      : `there is no run "${wanted}" in ${runsOf(base)}`,
    remedy: several
      ? `give one of: ${matching.map((run) => run.id).join(', ')}`
      : newest === undefined
        ? 'give the inventory of the run with -i'
        : `the newest run is ${newest.id}`,
    facts: { wanted },
  });
};

/** Makes new names in a directory survive a crash of the controller. */
export const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
