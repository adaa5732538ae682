import { formatDuration } from '../model/duration.ts';
import type { Problem } from '../model/error.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { formatMoment } from '../model/moment.ts';
import { next, type Schedule, waitingIn } from '../rollout/index.ts';
import type { Layout } from './layout.ts';
import type { Services } from './services.ts';

/** A sleep is cut into pieces of this length: a machine that was suspended meanwhile, or whose clock was set, notices. */
const pieceMs = 60_000;

/** Why none of the hosts whose turn it is can be started now. */
export interface Closed {
  readonly hosts: readonly string[];
  /** When the first of them can; `null` when none ever can. */
  readonly opensAt: number | null;
  readonly zone: string;
  readonly problem: Problem;
}

interface Wanted {
  readonly hosts: readonly string[];
  readonly opensAt: number | null;
  readonly zone: string;
  readonly needMs: number;
  /** Whether any host has a window: else it is the date that is frozen. */
  readonly windowed: boolean;
}

const problemOf = ({ hosts, opensAt, zone, needMs, windowed }: Wanted): Problem => {
  const who = foldHosts(hosts);
  const what = windowed ? `No maintenance window is open for ${who}` : `The date is frozen for ${who}`;
  const need = needMs === 0 ? '' : ` for the ${formatDuration(needMs)} that a host needs`;
  if (opensAt === null) {
    return {
      code: 'window.never',
      message: `No maintenance window is ever open for ${who} for long enough: a host needs ${formatDuration(needMs)}.`,
      remedy: 'Make the window longer, or say with perHost in it how long one host takes, its undo included.',
      facts: { needMs },
    };
  }
  return {
    code: 'window.closed',
    message: `${what}${need}; hosts may be started from ${formatMoment(opensAt, zone)} on.`,
    remedy: 'Then: ovsfleet resume, or sleep until it opens with: ovsfleet resume --wait',
    facts: { opensAt: new Date(opensAt).toISOString(), needMs },
  };
};

export const closedFor = (schedule: Schedule, layout: Layout, now: number): Closed => {
  const hosts = waitingIn(schedule);
  const { needMs } = layout.time;
  const zone = layout.zone ?? 'UTC';
  const times = hosts.flatMap((host) => layout.timetableOf(host).opensAt(now, needMs) ?? []);
  const opensAt = times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
  return { hosts, opensAt, zone, problem: problemOf({ hosts, opensAt, zone, needMs, windowed: layout.windowed }) };
};

const sleepTo = async (at: number, clock: Services['clock'], signal: AbortSignal): Promise<void> => {
  while (!signal.aborted && clock.now() < at) {
    await clock.sleep(Math.min(pieceMs, at - clock.now()), signal).catch(() => {});
  }
};

/** Sleeps until a window opens, or the run is wound down. */
export const sleepUntil = async (
  { play, hosts, opensAt, zone }: Pick<Closed, 'hosts' | 'zone'> & { readonly play: number; readonly opensAt: number },
  { bus, clock }: Pick<Services, 'bus' | 'clock'>,
  wind: AbortSignal,
): Promise<void> => {
  bus.emit({ type: 'window.waiting', play, hosts, opensAt, zone });
  await sleepTo(opensAt, clock, wind);
};

/** When the next of the hosts whose turn it is may be started that may not `now`; `null` when none can, or there is no room. */
const nextOpening = (schedule: Schedule, { timetableOf, time }: Layout, now: number): number | null => {
  if (next(schedule).length === 0) return null;
  const times = waitingIn(schedule)
    .flatMap((host) => timetableOf(host).opensAt(now, time.needMs) ?? [])
    .filter((at) => at > now);
  return times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
};

/** Resolves when one of the hosts in flight has ended, or when the window of one that waits opens. */
export const endOrOpening = async (
  inFlight: Iterable<Promise<void>>,
  { schedule, layout, now }: { readonly schedule: Schedule; readonly layout: Layout; readonly now: number },
  { clock }: Pick<Services, 'clock'>,
): Promise<void> => {
  const opensAt = nextOpening(schedule, layout, now);
  if (opensAt === null) {
    await Promise.race(inFlight);
    return;
  }
  const ended = new AbortController();
  await Promise.race([...inFlight, sleepTo(opensAt, clock, ended.signal)]);
  ended.abort();
};
