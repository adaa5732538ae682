import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { eventFormat, type FleetEvent, type Stamped } from '../model/event.ts';
import { reason, syncDirectory } from './runs.ts';

export const journalFile = (directory: string): string => join(directory, 'journal.jsonl');

/** A sink of the bus that writes what happens, in order, before it may be acted on. */
export interface Journal {
  readonly name: 'journal';
  readonly accept: (event: Stamped) => void;
  /**
   * Resolves when all accepted so far is on disk.
   * @throws FleetError `journal.unwritable` from the first failed write on: what is not recorded must not be done.
   */
  readonly durable: () => Promise<void>;
  /** Resolves when all accepted so far is on disk, or when it never will be: then `failure` says why. */
  readonly flush: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** Why it could not be written on; `null` as long as it can. */
  readonly failure: () => FleetError | null;
}

/** Events that say what is about to be done, or how it ended: put on disk without waiting for somebody to ask. */
const announcing: ReadonlySet<FleetEvent['type']> = new Set([
  'run.started',
  'run.finished',
  'host.started',
  'host.finished',
  'batch.sent',
  'file.sent',
  'transaction.sent',
  'transaction.state',
]);

type OnFailure = (problem: FleetError) => void;

/** How it is written to a disk; replaced in tests by one that fills up. */
export type JournalHandle = Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>;

/**
 * Starts the journal of a run in its directory, readable by its owner alone.
 * @param onFailure told once, when it cannot be written on: then nothing new may be started
 */
export const openJournal = async (directory: string, onFailure: OnFailure = () => {}): Promise<Journal> => {
  const file = journalFile(directory);
  try {
    const handle = await open(file, 'wx', 0o600);
    await syncDirectory(directory);
    return journalOn(file, handle, onFailure);
  } catch (error) {
    throw unwritable(file, error);
  }
};

/**
 * Writes lines in the order they came. While one write is on its way to the disk the lines after it gather, and go
 * together with one fdatasync: many hosts share it, and none waits for a timer.
 */
export const journalOn = (file: string, handle: JournalHandle, onFailure: OnFailure = () => {}): Journal => {
  let lines: string[] = [];
  let accepted = 0;
  let synced = 0;
  let wanted = 0;
  let failure: FleetError | null = null;
  let told = false;
  let writing: Promise<void> | null = null;

  const write = async (): Promise<void> => {
    while (failure === null && (lines.length > 0 || wanted > synced)) {
      const text = lines.join('');
      const upTo = accepted;
      lines = [];
      try {
        if (text !== '') await handle.appendFile(text);
        if (wanted > synced) {
          await handle.datasync();
          synced = upTo;
        }
      } catch (error) {
        failure = unwritable(file, error);
      }
    }
    writing = null;
    if (failure === null || told) return;
    told = true;
    onFailure(failure);
  };

  /** Starts after the present turn of the event loop, so that what is emitted together is written together. */
  const kick = (): Promise<void> => {
    writing ??= Promise.resolve().then(write);
    return writing;
  };

  const flush = async (): Promise<void> => {
    const target = accepted;
    wanted = Math.max(wanted, target);
    while (failure === null && synced < target) await kick();
  };

  const durable = async (): Promise<void> => {
    await flush();
    if (failure !== null) throw failure;
  };

  return {
    name: 'journal',
    accept: (event) => {
      if (failure !== null) return;
      lines.push(`${JSON.stringify({ v: eventFormat, ...event })}\n`);
      accepted += 1;
      if (announcing.has(event.type)) wanted = accepted;
      void kick();
    },
    durable,
    flush,
    close: async () => {
      await flush().finally(() => handle.close());
    },
    failure: () => failure,
  };
};

const unwritable = (file: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'journal.unwritable',
      message: `${file} cannot be written: ${reason(error)}`,
      remedy: 'make room on its disk, then: ovsfleet resume latest',
      facts: { file },
    },
    error,
  );
