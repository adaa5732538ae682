import { createReadStream } from 'node:fs';
import { FleetError } from '../model/error.ts';
import type { Stamped } from '../model/event.ts';
import { journalFile } from './append.ts';
import { reason } from './runs.ts';
import { type Decoded, decodeEvent } from './schema.ts';

export interface ReadJournal {
  readonly events: readonly Stamped[];
  /**
   * The end that was lost when the controller died: a last line that was cut, or what a power cut left as zeros. `null` when
   * the journal ends well. What was announced in it never began.
   */
  readonly torn: string | null;
}

/**
 * Reads the journal of a run.
 * @throws FleetError `journal.unreadable`, or `journal.corrupt` with file and line when anything but the last line is
 * no event: such a journal would tell a resume less than what was done. Zeros are the end of it, whatever follows: a file
 * system leaves them in the place of lines that were written and not synced, and had one line after them been synced, they
 * would have been too.
 */
export const readJournal = async (directory: string): Promise<ReadJournal> => {
  const file = journalFile(directory);
  const events: Stamped[] = [];
  let line = 0;
  let rest = '';
  let torn: string | null = null;
  let lost = false;
  const take = (text: string): void => {
    if (lost) return;
    if (text.includes('\0')) {
      lost = true;
      torn = text;
      return;
    }
    line += 1;
    const decoded = decode(text);
    if ('fault' in decoded) throw corrupt(file, line, decoded.fault);
    events.push(decoded.event);
  };
  try {
    for await (const chunk of createReadStream(file, 'utf8')) {
      const [first = '', ...others] = String(chunk).split('\n');
      rest += first;
      for (const next of others) {
        take(rest);
        rest = next;
      }
    }
  } catch (error) {
    if (error instanceof FleetError) throw error;
    throw unreadable(file, error);
  }
  if (lost || rest === '') return { events, torn };
  const last = decode(rest);
  return 'event' in last ? { events: [...events, last.event], torn: null } : { events, torn: rest };
};

const decode = (text: string): Decoded => {
  try {
    return decodeEvent(JSON.parse(text));
  } catch (error) {
    return { fault: reason(error) };
  }
};

const corrupt = (file: string, line: number, fault: string): FleetError =>
  new FleetError({
    code: 'journal.corrupt',
    message: `${file}:${line} is damaged: ${fault}`,
    remedy: 'start a fresh run: it finds open transactions on the hosts without a journal',
    facts: { file, line },
  });

const unreadable = (file: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'journal.unreadable',
      message: `${file} cannot be read: ${reason(error)}`,
      remedy: 'list the runs that can be: ovsfleet runs',
      facts: { file },
    },
    error,
  );
