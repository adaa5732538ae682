import type { Sink } from '../events/index.ts';
import { newRunDirectory, openJournal, takeRunLock } from '../journal/index.ts';
import type { FleetError, Problem } from '../model/error.ts';
import { systemClock } from './adapters.ts';
import { thisProcess } from './this-process.ts';

/** Where a run is kept while it is under way: the fleet is locked for it, and its journal is open. */
export interface RunRecord {
  readonly sink: Sink;
  readonly directory: string;
  /** A run whose controller died and left the fleet locked; to be told, unless this run goes on with it. */
  readonly cutOff: { readonly run: string; readonly problem: Problem } | null;
  /** Why the journal could not be written to its end; `null` as long as it can. */
  readonly failure: () => FleetError | null;
  readonly close: () => Promise<void>;
}

/**
 * Takes the fleet for a run, and starts its journal. Throws `run.locked` when another run is at work on the fleet.
 * @param fleet the directory of the inventory
 * @param onFailure told once when the journal cannot be written on
 */
export const openRecord = async (
  fleet: string,
  run: string,
  onFailure: (problem: FleetError) => void = () => {},
): Promise<RunRecord> => {
  const lock = await takeRunLock(fleet, run, systemClock.now(), thisProcess());
  try {
    const directory = await newRunDirectory(fleet, run);
    const journal = await openJournal(directory, onFailure);
    const dead = lock.tookOver;
    return {
      sink: journal,
      directory,
      failure: journal.failure,
      cutOff:
        dead === null
          ? null
          : {
              run: dead.run,
              problem: {
                code: 'run.cut-off',
                message: `Run ${dead.run} of ${dead.user} was cut off: its process ${dead.pid} is gone.`,
                remedy: `See how far it came: ovsfleet report ${dead.run}`,
                facts: { run: dead.run },
              },
            },
      close: () => journal.close().finally(lock.release),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
};
