import { findRun, isResumable, type RunDirectory, storiesOf } from '../journal/index.ts';
import { FleetError } from '../model/error.ts';

/**
 * The run that `resume` is to go on with: the one named, or the newest of those that were cut off, paused or left hosts
 * behind, and that none went on with yet. Throws `journal.no-such-run`, or `journal.all-done` when there is none.
 */
export const runToResume = async (fleet: string, wanted: string): Promise<RunDirectory> => {
  if (wanted !== 'latest') return await findRun(fleet, wanted);
  let newest: string | null = null;
  const refuse = (_: RunDirectory, error: FleetError): never => {
    throw error;
  };
  for await (const story of storiesOf(fleet, refuse)) {
    if (isResumable(story)) return story.run;
    newest ??= story.run.id;
  }
  if (newest === null) return await findRun(fleet, wanted);
  throw new FleetError({
    code: 'journal.all-done',
    message: `There is nothing to go on with: every run of this fleet came to its end, ${newest} the last.`,
    remedy: 'See them: ovsfleet runs -i INVENTORY; or give the id of one to go through it again',
    facts: { run: newest },
  });
};
