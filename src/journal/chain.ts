import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FleetError } from '../model/error.ts';
import { journalFile } from './append.ts';
import { foldProgress, type Progress } from './progress.ts';
import { readJournal } from './read.ts';
import { findRun, listRuns, type RunDirectory } from './runs.ts';

/**
 * Whether a run came so far that its journal says what it was to do: one that was killed before did nothing. A damaged
 * journal is no such run, and whoever reads it is told.
 */
const hasBegun = async ({ directory }: RunDirectory): Promise<boolean> => {
  const stream = createReadStream(journalFile(directory), 'utf8');
  let lines = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines += 1;
      if (lines > 1 || isWhole(line)) return true;
    }
    return false;
  } catch {
    return false;
  } finally {
    stream.destroy();
  }
};

const isWhole = (line: string): boolean => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};

const latest = async (base: string): Promise<RunDirectory | null> => {
  for (const run of await listRuns(base)) {
    if (await hasBegun(run)) return run;
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
