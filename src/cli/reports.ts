import { readJournal } from '../journal/index.ts';
import { foldReport, writeReports } from '../report/index.ts';

/** Writes a run's reports into its directory, from its journal alone; returns the paths of those that are for people. */
export const reportRun = async (directory: string): Promise<readonly string[]> =>
  writeReports(directory, foldReport((await readJournal(directory)).events));
