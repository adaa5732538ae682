import { FleetError } from '../model/error.ts';
import { type HostOutcome, worstOutcome } from '../model/outcome.ts';
import { foldProgress, type Progress } from './progress.ts';
import { readJournal } from './read.ts';
import { listRuns, type RunDirectory } from './runs.ts';
import { readStarted } from './started.ts';

/** How a run left its hosts. */
export type Standings = ReadonlyMap<string, HostOutcome>;

/**
 * How a run left each host, by the worst of its plays. A host that still waited for a play when the run was cut off or
 * paused was not started, whatever earlier plays did to it.
 */
export const standingsOf = ({ started, plays, finished }: Progress): Standings => {
  const waiting = plays.filter((play) => (finished === null ? !play.finished : !play.begun));
  const hosts = [...new Set([...started.hosts, ...plays.flatMap((play) => play.hosts)])];
  return new Map(
    hosts.flatMap((host) => {
      const ended = plays.flatMap((play): readonly HostOutcome[] => {
        if (play.inDoubt.includes(host)) return ['in-doubt'];
        const outcome = play.outcomes.get(host);
        if (outcome !== undefined) return [outcome];
        return started.hosts.includes(host) && waiting.includes(play) ? ['not-started'] : [];
      });
      const worst = worstOutcome(ended);
      return worst === null ? [] : [[host, worst] as const];
    }),
  );
};

/** A run on the disk, with how it went. */
export interface RunStory {
  readonly run: RunDirectory;
  readonly progress: Progress;
  readonly standings: Standings;
  /** The run that went on with it; `null` when none did. */
  readonly resumedBy: string | null;
}

/** Whether there is something left that a resume could see to. */
export const isResumable = ({ progress: { finished }, resumedBy }: RunStory): boolean =>
  resumedBy === null && (finished === null || finished.resumable);

/**
 * The runs recorded beside an inventory, newest first, each read when it is asked for. A run that was killed before it
 * began did nothing and is left out.
 * @param damaged hears of a journal that cannot be read; what it throws ends the reading
 */
export async function* storiesOf(
  base: string,
  damaged: (run: RunDirectory, error: FleetError) => void,
): AsyncGenerator<RunStory> {
  const resumedBy = new Map<string, string>();
  for (const run of await listRuns(base)) {
    try {
      const started = await readStarted(run.directory);
      if (started === null) continue;
      const progress = foldProgress((await readJournal(run.directory)).events);
      if (started.resumes !== null) resumedBy.set(started.resumes, run.id);
      yield { run, progress, standings: standingsOf(progress), resumedBy: resumedBy.get(run.id) ?? null };
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      damaged(run, error);
    }
  }
}

/** How a run and all that went on with it left each host: what was seen last holds. */
export const standingsAfter = async (base: string, run: string): Promise<Standings> => {
  const chain = new Set([run]);
  let standings: Standings = new Map();
  for (const { id, directory } of (await listRuns(base)).toReversed()) {
    const started = await readStarted(directory);
    if (started === null || (id !== run && (started.resumes === null || !chain.has(started.resumes)))) continue;
    chain.add(id);
    standings = new Map([...standings, ...standingsOf(foldProgress((await readJournal(directory)).events))]);
  }
  return standings;
};
