import { FleetError } from '../model/error.ts';
import { foldProgress, type Progress } from './progress.ts';
import { readJournal } from './read.ts';
import { findRun, listRuns, type RunDirectory } from './runs.ts';
import { readStarted } from './started.ts';

const latest = async (base: string): Promise<RunDirectory | null> => {
  for (const run of await listRuns(base)) {
    if ((await readStarted(run.directory)) !== null) return run;
  }
  return null;
};

/**
 * What a resume goes on from: the run that is meant, and what was pinned by those that it went on with itself, the first
 * of them first. `latest` is the newest run that began: a controller that dies as it starts leaves a directory, and nothing
 * to go on with.
 * @throws FleetError `journal.no-such-run`, `journal.empty`, `journal.corrupt`, `journal.unreadable`
 */
export const readProgress = async (base: string, wanted: string): Promise<Progress> => {
  const newest = wanted === 'latest' ? await latest(base) : null;
  const run = newest ?? (await findRun(base, wanted));
  const progress = foldProgress((await readJournal(run.directory)).events);
  return { ...progress, facts: new Map([...progress.facts, ...(await factsBefore(base, progress, [progress.run]))]) };
};

const factsBefore = async (base: string, later: Progress, seen: readonly string[]): Promise<Progress['facts']> => {
  const { resumes } = later.started;
  if (resumes === null || seen.includes(resumes)) return new Map();
  const parent = (await listRuns(base)).find(({ id }) => id === resumes);
  if (parent === undefined) {
    throw new FleetError({
      code: 'journal.no-such-run',
      message: `run ${later.run} goes on with run ${resumes}, whose journal is not there any more`,
      remedy: `put ${resumes} back beside it, or begin anew: ovsfleet run ${later.started.playbook}`,
      facts: { run: later.run, resumes },
    });
  }
  const progress = foldProgress((await readJournal(parent.directory)).events);
  return new Map([...progress.facts, ...(await factsBefore(base, progress, [...seen, resumes]))]);
};
