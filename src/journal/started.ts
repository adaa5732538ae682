import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Stamped } from '../model/event.ts';
import { journalFile } from './append.ts';
import { decodeEvent } from './schema.ts';

type Started = Extract<Stamped, { readonly type: 'run.started' }>;

/** What a run said when it began; `null` for one that was killed before, or whose first line is damaged. */
export const readStarted = async (directory: string): Promise<Started | null> => {
  const stream = createReadStream(journalFile(directory), 'utf8');
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      const decoded = decodeEvent(JSON.parse(line));
      return 'event' in decoded && decoded.event.type === 'run.started' ? decoded.event : null;
    }
    return null;
  } catch {
    return null;
  } finally {
    stream.destroy();
  }
};
