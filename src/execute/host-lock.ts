import type { Problem } from '../model/error.ts';
import type { LockText } from '../shell/index.ts';
import type { Services } from './services.ts';

/** How long a batch waits for one of another run before it says that the host is locked. */
const waitSeconds = 60;

/** Under whose name a batch of this run takes a host. */
export const lockText = ({ run, lock }: Pick<Services, 'run' | 'lock'>): LockText => ({ run, ...lock, waitSeconds });

/** Who has a host, by the line that the host keeps of it. */
export interface LockHolder {
  readonly run: string;
  readonly owner: string;
  /** By the host's clock, milliseconds since the epoch; `null` when it was not said. */
  readonly sinceMs: number | null;
  /** The process there that is at work; `null` between two batches. */
  readonly pid: number | null;
}

/** `PID STARTED GROUP RUN OWNER SINCE UNTIL`, as templates/host/batch.sh writes it. */
export const parseHolder = (line: string): LockHolder => {
  const [pid = '0', , , run = '?', owner = '?', since = ''] = line.split(' ');
  return {
    run,
    owner,
    sinceMs: /^\d+$/.test(since) ? Number(since) * 1000 : null,
    pid: /^[1-9]\d*$/.test(pid) ? Number(pid) : null,
  };
};

const whoText = ({ run, owner, sinceMs }: LockHolder): string =>
  `run ${run} of ${owner}${sinceMs === null ? '' : `, since ${new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z')}`}`;

const workText = ({ pid }: LockHolder): string =>
  pid === null ? 'it is between two steps' : `its process ${pid} is at work there`;

/** Why a host is left alone: somebody else's run has it. */
export const lockedProblem = (host: string, holder: LockHolder): Problem => ({
  code: 'host.locked',
  message: `${host}: it is locked by ${whoText(holder)}; ${workText(holder)}.`,
  remedy: `Wait until that run has ended, then run again; or take the host from it: --steal-lock --limit ${host}`,
  facts: { host, run: holder.run, owner: holder.owner },
});

/** Told when a host was taken from another run. */
export const stolenProblem = (host: string, holder: LockHolder): Problem => ({
  code: 'host.lock-stolen',
  message: `${host}: taken from ${whoText(holder)}; ${holder.pid === null ? 'nothing of it was at work' : `its batch there (process ${holder.pid}) was ended with all that it had started`}.`,
  remedy: `Tell ${holder.owner}: that run will find the host locked.`,
  facts: { host, run: holder.run, owner: holder.owner },
});

/** Told while a batch that was left behind is waited for. */
export const waitingProblem = (host: string, holder: LockHolder): Problem => ({
  code: 'host.lock-awaited',
  message: `${host}: a batch of ${whoText(holder)} is still at work there (process ${holder.pid ?? '?'}); it is waited for.`,
  remedy: `See what it does: ovsfleet exec ${host} -- ps -fp ${holder.pid ?? '?'}; to end it: ovsfleet resume --steal-lock`,
  facts: { host, run: holder.run, owner: holder.owner },
});
