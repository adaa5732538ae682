import type { Bus } from '../events/index.ts';
import { readJournal } from '../journal/index.ts';
import { foldReport, writeReports } from '../report/index.ts';

/** Writes a run's reports into its directory, from its journal alone; returns the paths of those that are for people. */
export const reportRun = async (directory: string): Promise<readonly string[]> =>
  writeReports(directory, foldReport((await readJournal(directory)).events));

/**
 * The same at the end of a run. What the hosts have come to stands, and so does the run's exit code, also when somebody took
 * its journal away or the disk is full: that is a warning.
 */
export const reportEnded = async (directory: string, bus: Bus): Promise<readonly string[]> => {
  try {
    return await reportRun(directory);
  } catch (error) {
    // A code is what our own errors and those of the file system have; anything else is a mistake of ours.
    if (!(error instanceof Error && 'code' in error)) throw error;
    bus.emit({
      type: 'warning',
      host: null,
      problem: {
        code: 'report.unwritten',
        message: `this run's reports cannot be written: ${error.message}`,
        remedy: `see to ${directory}; what has become of the hosts is said above, and a new run reads them anew`,
      },
    });
    return [];
  }
};
