import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJournal } from '../../../src/journal/index.ts';
import type { Stamped } from '../../../src/model/event.ts';

const runsOf = (directory: string): string => join(directory, '.ovsfleet', 'runs');

const eventsOf = async (directory: string, run: string): Promise<readonly Stamped[]> =>
  readJournal(join(runsOf(directory), run)).then(
    ({ events }) => events,
    () => [],
  );

/** The runs that a directory holds, oldest first. */
export const runsIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(runsOf(directory)).catch(() => [])).toSorted();

/** What the journals beside an inventory say of the newest of some runs. */
export interface LastWords {
  /** Of the newest run: the type of the last event in its journal, or what there is instead of one. */
  readonly fell: string;
  /** One of them came so far as to say what it was to do. */
  readonly begun: boolean;
  /** The newest that began came to an end which leaves nothing to go on with. */
  readonly over: boolean;
}

const nameOf = (event: Stamped): string => {
  if (event.type === 'transaction.state' || event.type === 'transaction.attached')
    return `${event.type} ${event.state}`;
  if (event.type === 'transaction.phase') return `${event.type} ${event.phase}`;
  if (event.type === 'step.finished' || event.type === 'host.finished') return `${event.type} ${event.outcome}`;
  return event.type;
};

/** Reads the journals of these runs, oldest first, as they are after a kill. */
export const lastWords = async (directory: string, runs: readonly string[]): Promise<LastWords> => {
  let fell: string | null = null;
  for (const run of runs.toReversed()) {
    const last = (await eventsOf(directory, run)).at(-1);
    fell ??= last === undefined ? 'an empty journal' : nameOf(last);
    if (last !== undefined) return { fell, begun: true, over: last.type === 'run.finished' && !last.resumable };
  }
  return { fell: fell ?? 'no journal', begun: false, over: false };
};

/** The text of the newest journal, for who has to find out what went wrong. */
export const newestJournal = async (directory: string): Promise<string> => {
  const newest = (await runsIn(directory)).at(-1) ?? '';
  return readFile(join(runsOf(directory), newest, 'journal.jsonl'), 'utf8').catch(() => 'no journal');
};
