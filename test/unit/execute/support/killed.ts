import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRunDirectory, openJournal, readProgress } from '../../../../src/journal/index.ts';
import type { Stamped } from '../../../../src/model/event.ts';
import type { Clock, Connection, RunOptions } from '../../../../src/model/ports.ts';
import type { Playbook } from '../../../../src/playbook/index.ts';
import {
  type FakeFleet,
  hastyClock,
  type Rehearsal,
  type RehearsalOptions,
  rehearse,
} from '../../../../src/testing/index.ts';

const never = new Promise<never>(() => {});

/** Nothing that a dead controller waits for ever comes. */
const mortal = (isDead: () => boolean) => {
  const alive = async <T>(coming: () => Promise<T>): Promise<T> => {
    if (isDead()) return never;
    try {
      const value = await coming();
      return isDead() ? never : value;
    } catch (error) {
      if (isDead()) return never;
      throw error;
    }
  };
  const hearing = (listen: RunOptions['onStdout']): Pick<RunOptions, 'onStdout'> =>
    listen === undefined ? {} : { onStdout: (chunk) => (isDead() ? undefined : listen(chunk)) };
  const connection = (real: Connection): Connection => ({
    host: real.host,
    run: (program, options = {}) => alive(() => real.run(program, { ...options, ...hearing(options.onStdout) })),
    upload: (upload) => alive(() => real.upload(upload)),
    download: (remote, local) => alive(() => real.download(remote, local)),
    close: () => alive(() => real.close()),
  });
  const clock: Clock = hastyClock();
  return {
    reaching: (fleet: FakeFleet): FakeFleet => ({
      ...fleet,
      transport: {
        connect: (host, signal) => alive(async () => connection(await fleet.transport.connect(host, signal))),
      },
    }),
    clock: { now: clock.now, sleep: (ms: number, signal?: AbortSignal) => alive(() => clock.sleep(ms, signal)) },
    alive,
  };
};

/** The runs of one controller, on its disk. */
export interface Runs {
  /**
   * Runs the playbook, or resumes the run before, and dies as soon as it has told its event number `at` (0: that it began);
   * its links break, its journal stays.
   * @returns how the run ended when it ended before that, `null` when it was killed
   */
  readonly killedAt: (at: number, options?: RehearsalOptions) => Promise<Rehearsal | null>;
  /** Loses the end of the newest journal: half of its last line. */
  readonly tear: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export const runsOf = async (fleet: FakeFleet, playbook: Playbook): Promise<Runs> => {
  const base = await mkdtemp(join(tmpdir(), 'ovsfleet-killed-'));
  /** What the runs before call themselves on hosts: a resume may take their locks there. */
  const earlier: string[] = [];
  let count = 0;
  let newest = '';
  return {
    killedAt: async (at, options = {}) => {
      const resumed = await readProgress(base, 'latest').catch(() => null);
      count += 1;
      newest = await newRunDirectory(base, `20260113-0100${String(count).padStart(2, '0')}-aaaa`);
      const journal = await openJournal(newest);
      let dead = false;
      let kill: (dead: null) => void = () => {};
      const killed = new Promise<null>((resolve) => {
        kill = resolve;
      });
      const run = newest.split('/').at(-1) ?? '';
      journal.accept({
        ...{ type: 'run.started', title: playbook.title, playbook: 'test', inventory: [], params: {}, limit: null },
        ...{ mode: 'apply', plays: playbook.resolve({}).plays.map(({ title }) => title), hosts: [], version: '' },
        ...{ resumes: resumed?.run ?? null, store: null, plan: null, seq: 0, time: 0, run },
      });
      if (at === 0) {
        await journal.close();
        return null;
      }
      const { reaching, clock, alive } = mortal(() => dead);
      const sink = {
        name: 'journal',
        accept: (event: Stamped) => {
          if (dead) return;
          if (event.seq === 1) earlier.push(event.run);
          journal.accept(event);
          options.sink?.accept(event);
          if (event.seq < at) return;
          dead = true;
          for (const { name } of fleet.hosts) fleet.on(name).cut();
          kill(null);
        },
        durable: () => alive(journal.durable),
      };
      const pinned = resumed?.facts ?? new Map();
      const running = rehearse(reaching(fleet), playbook, {
        ...options,
        pinned,
        clock,
        sink,
        lock: { earlier: [...earlier] },
      });
      const ended = await Promise.race([running, killed]);
      await journal.close();
      return ended;
    },
    tear: async () => {
      const file = join(newest, 'journal.jsonl');
      const text = await readFile(file, 'utf8');
      const last = text.trimEnd().lastIndexOf('\n') + 1;
      await truncate(file, Math.floor((last + text.length) / 2));
    },
    dispose: () => rm(base, { recursive: true }),
  };
};
