import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { type LockHolder, livenessOf, type ProcessMark, parseHolder } from './lock-holder.ts';
import { reason } from './runs.ts';

/** What taking a lock needs to know of its process and of others. */
export interface LockSelf {
  readonly mark: ProcessMark;
  readonly user: string;
  /** When the process of that pid began, in the words of `mark.started`; `null` when there is none. */
  readonly startedOf: (pid: number) => string | null;
}

export interface RunLock {
  /** The dead holder that it was taken from; `null` when it was free. */
  readonly tookOver: LockHolder | null;
  /** Lets go of it; a lock that is another's meanwhile is left alone. */
  readonly release: () => Promise<void>;
}

export const lockFile = (base: string): string => join(base, '.ovsfleet', 'lock');

/**
 * Takes the fleet of an inventory for one run: `BASE/.ovsfleet/lock`. One whose process is dead is taken over.
 * @param base the directory of the inventory
 * @param since milliseconds since the epoch
 * @throws FleetError `run.locked` when another run is at work, with all that is known of it; `journal.unwritable`
 */
export const takeRunLock = async (base: string, run: string, since: number, self: LockSelf): Promise<RunLock> => {
  const file = lockFile(base);
  const mine = JSON.stringify({ ...self.mark, user: self.user, run, since });
  try {
    await mkdir(join(base, '.ovsfleet'), { recursive: true, mode: 0o700 });
    const tookOver = await take(file, mine, self);
    return {
      tookOver,
      release: async () => {
        if ((await textOf(file)) === mine) await rm(file, { force: true });
      },
    };
  } catch (error) {
    if (error instanceof FleetError) throw error;
    throw new FleetError(
      {
        code: 'journal.unwritable',
        message: `the lock ${file} cannot be taken: ${reason(error)}`,
        remedy: `make ${base} writable for you, or give a copy of the inventory in a directory that is`,
        facts: { file },
      },
      error,
    );
  }
};

const textOf = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
};

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** A whole file appears at once or not at all: `false` when there is one already. */
const create = async (file: string, text: string): Promise<boolean> => {
  const aside = await writeAside(file, text);
  try {
    await link(aside, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
};

const writeAside = async (file: string, text: string): Promise<string> => {
  const aside = `${file}.${randomUUID()}`;
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return aside;
};

/**
 * Looking whether a holder is dead and putting oneself in its place are two acts, and of two that find it dead only one
 * may. So whoever takes over from a dead holder first takes a lock that is named after it, in the same way, and then
 * looks again: had another been quicker, the dead one's lock would be there no more. A taker that dies on the way leaves
 * a lock with a dead holder, and nothing that waits for it.
 * @returns the dead holder that it was taken from
 */
const take = async (file: string, mine: string, self: LockSelf): Promise<LockHolder | null> => {
  for (;;) {
    if (await create(file, mine)) return null;
    const found = await textOf(file);
    if (found === null) continue;
    const holder = parseHolder(found);
    if (holder === null) throw unknownLock(file);
    const liveness = livenessOf(holder, self.mark, self.startedOf);
    if (liveness !== 'gone') throw locked(file, holder, liveness);
    const turn = `${file}.after-${createHash('sha256').update(found).digest('hex').slice(0, 12)}`;
    await take(turn, mine, self);
    try {
      if ((await textOf(file)) !== found) continue;
      await rename(await writeAside(file, mine), file);
      return holder;
    } finally {
      await rm(turn, { force: true });
    }
  }
};

const clock = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const locked = (file: string, holder: LockHolder, liveness: 'running' | 'elsewhere'): FleetError => {
  const { pid, hostname, user, run, since } = holder;
  const see = `ps -fp ${pid}`;
  return new FleetError({
    code: 'run.locked',
    message: `run ${run} of ${user} is at work on this fleet since ${clock(since)}, as process ${pid} on ${hostname}`,
    remedy:
      liveness === 'running'
        ? `wait until it has ended; see it with: ${see}`
        : `look on ${hostname} whether it still runs (${see}), which cannot be seen from here; when it does not: rm ${file}`,
    facts: { file, pid, hostname, user, run, since },
  });
};

const unknownLock = (file: string): FleetError =>
  new FleetError({
    code: 'run.lock-damaged',
    message: `${file} is there but does not say whose lock it is`,
    remedy: `see that no other run is at work on this fleet, then: rm ${file}`,
    facts: { file },
  });
