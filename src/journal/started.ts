import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FleetError } from '../model/error.ts';
import type { Stamped } from '../model/event.ts';
import { journalFile } from './append.ts';
import { decodeEvent } from './schema.ts';

type Started = Extract<Stamped, { readonly type: 'run.started' }>;

/**
 * What a run said when it began; `null` for one that was killed before, whose first line is missing or torn.
 * @throws FleetError `journal.corrupt` when its first line is whole and no beginning of a run
 */
export const readStarted = async (directory: string): Promise<Started | null> => {
  const stream = createReadStream(journalFile(directory), 'utf8');
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines.push(line);
      if (lines.length > 1) break;
    }
  } catch {
    return null;
  } finally {
    stream.destroy();
  }
  const [first = '', second] = lines;
  const event = startedIn(first);
  if (event === null && second !== undefined) {
    const file = journalFile(directory);
    throw new FleetError({
      code: 'journal.corrupt',
      message: `${file}:1 is damaged: a run does not begin so`,
      remedy: 'start a fresh run: it finds open transactions on the hosts without a journal',
      facts: { file, line: 1 },
    });
  }
  return event;
};

const startedIn = (line: string): Started | null => {
  try {
    const decoded = decodeEvent(JSON.parse(line));
    return 'event' in decoded && decoded.event.type === 'run.started' ? decoded.event : null;
  } catch {
    return null;
  }
};
