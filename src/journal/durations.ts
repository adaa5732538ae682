import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Stamped } from '../model/event.ts';
import { journalFile } from './append.ts';
import { listRuns } from './runs.ts';
import { decodeEvent } from './schema.ts';

/** So many of the newest runs are looked into: what hosts took a year ago says little. */
const newestRuns = 20;

const telling = /"type":"(?:run\.started|play\.started|host\.finished)"/;

const decode = (line: string): Stamped | null => {
  try {
    const decoded = decodeEvent(JSON.parse(line));
    return 'event' in decoded ? decoded.event : null;
  } catch {
    return null;
  }
};

/** What a journal says of how long hosts took, by the title of the play; nothing when it cannot be read. */
const durationsIn = async (directory: string, playbook: string): Promise<ReadonlyMap<string, readonly number[]>> => {
  const titles = new Map<number, string>();
  const took = new Map<string, number[]>();
  const lines = createInterface({ input: createReadStream(journalFile(directory), 'utf8') });
  try {
    for await (const line of lines) {
      const event = telling.test(line) ? decode(line) : null;
      if (event?.type === 'run.started' && event.title !== playbook) return new Map();
      if (event?.type === 'play.started') titles.set(event.play, event.title);
      if (event?.type !== 'host.finished' || event.outcome !== 'changed') continue;
      const title = titles.get(event.play) ?? '';
      took.set(title, [...(took.get(title) ?? []), event.ms]);
    }
  } catch {
    // An estimate is no reason to refuse a run: a journal that cannot be read is told of where it matters.
    return new Map();
  } finally {
    lines.close();
  }
  return took;
};

/**
 * How long hosts took that a play has changed, in milliseconds, by the title of the play: from the newest runs of a
 * playbook of that title in a fleet directory.
 */
export const readDurations = async (
  base: string,
  playbook: string,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const all = new Map<string, readonly number[]>();
  for (const { directory } of (await listRuns(base)).slice(0, newestRuns)) {
    for (const [title, took] of await durationsIn(directory, playbook)) {
      all.set(title, [...(all.get(title) ?? []), ...took]);
    }
  }
  return all;
};
