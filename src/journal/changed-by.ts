import { FleetError } from '../model/error.ts';
import type { FleetEvent } from '../model/event.ts';
import { foldProgress } from './progress.ts';
import { readJournal } from './read.ts';
import { findRun, listRuns } from './runs.ts';

/** What a run set out to do, over all its resumptions. */
interface ChangedBy {
  /** The run, those that it went on with, and those that went on with it; oldest first. */
  readonly runs: readonly string[];
  /** Where any of them began a transaction, in the order of their journals. What became of it, the host knows. */
  readonly hosts: readonly string[];
}

interface Told {
  readonly id: string;
  readonly resumes: string | null;
  readonly hosts: readonly string[];
}

type Sent = Extract<FleetEvent, { readonly type: 'transaction.sent' }>;

const told = async (id: string, directory: string): Promise<Told> => {
  const { events } = await readJournal(directory);
  const sent = events.filter((event): event is typeof event & Sent => event.type === 'transaction.sent');
  return { id, resumes: foldProgress(events).started.resumes, hosts: sent.map(({ host }) => host) };
};

/** All that hang together with the runs of `chain`. */
const grown = (chain: ReadonlySet<string>, all: readonly Told[]): ReadonlySet<string> => {
  const more = all.filter(
    ({ id, resumes }) =>
      chain.has(id) ||
      (resumes !== null && chain.has(resumes)) ||
      all.some((run) => chain.has(run.id) && run.resumes === id),
  );
  const next = new Set([...chain, ...more.map(({ id }) => id)]);
  return next.size === chain.size ? chain : grown(next, all);
};

/**
 * The hosts that an earlier run and its resumptions changed, or began to change.
 * @param base the directory of the inventory
 * @param wanted its id, a part of it that only one run has, or `latest`
 * @throws FleetError `journal.no-such-run`, `journal.corrupt`, `journal.unreadable`; `journal.changed-nothing` when it began no
 * transaction anywhere
 */
export const changedBy = async (base: string, wanted: string): Promise<ChangedBy> => {
  const { id: named, directory } = await findRun(base, wanted);
  const itself = await told(named, directory);
  // The journal that is named must be whole; another that cannot be read belongs to some other run.
  const others = await Promise.all(
    (await listRuns(base))
      .filter(({ id }) => id !== named)
      .map((run) => told(run.id, run.directory).catch((error: unknown) => notTold(error))),
  );
  const all = [itself, ...others.filter((run) => run !== null)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const chain = grown(new Set([named]), all);
  const runs = all.filter(({ id }) => chain.has(id));
  const hosts = [...new Set(runs.flatMap((run) => run.hosts))];
  if (hosts.length > 0) return { runs: runs.map(({ id }) => id), hosts };
  throw new FleetError({
    code: 'journal.changed-nothing',
    message: `run ${named} changed no host's switch`,
    remedy: 'name another: ovsfleet runs',
    facts: { run: named },
  });
};

const notTold = (error: unknown): null => {
  if (error instanceof FleetError) return null;
  throw error;
};
