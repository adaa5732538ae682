import { setTimeout as sleep } from 'node:timers/promises';
import type { Stamped } from '../../../src/model/event.ts';
import type { Controller, Running } from '../../lab/support/product.ts';
import { lastWords, newestJournal, runsIn } from './last-words.ts';

/** How often, and where, controllers were killed. */
export interface Tally {
  readonly wanted: number;
  /** After its first event a run lives so long at most; follows the pace of the machine. */
  longestMs: number;
  kills: number;
  /** Resumes that were killed themselves, among the kills. */
  resumesKilled: number;
  /** Runs that ended by themselves with hosts left, e.g. one that undid itself since nobody came back in time. */
  wentOn: number;
  readonly fell: Map<string, number>;
}

export const tallyOf = (wanted: number, longestMs: number): Tally => ({
  wanted,
  longestMs,
  kills: 0,
  resumesKilled: 0,
  wentOn: 0,
  fell: new Map(),
});

/** Resumes in a row that may end with hosts left before it is called no end. */
const patience = 8;

/** What a run tells when it has come so far that a kill is worth it: most of its time is spent on getting there. */
const milestones: readonly Stamped['type'][] = [
  'batch.sent',
  'file.progress',
  'file.finished',
  'host.finished',
  'play.finished',
  'play.started',
  'step.finished',
  'step.started',
  'traffic.measured',
  'transaction.attached',
  'transaction.phase',
  'transaction.phase',
  'transaction.phase',
  'transaction.sent',
  'transaction.state',
  'transaction.state',
  'wave.started',
];

/**
 * Waits for a moment that chance chooses: while it starts, or from its first event on some time, a number of events, or one
 * of a kind; at the latest `longestMs` after that first one, since on a busy machine starting alone takes long.
 */
const moment = async (running: Running, random: () => number, longestMs: number): Promise<void> => {
  const late = new AbortController();
  const over = running.ended().then(() => undefined);
  const meet = async (fits: () => boolean, laterMs: number): Promise<void> => {
    await running.waitFor('a moment to kill', fits, 120_000).catch(() => undefined);
    await sleep(laterMs);
  };
  const what = random();
  const soon = random() * longestMs;
  const count = Math.ceil(random() * 40);
  const kind = milestones[Math.floor(random() * milestones.length)];
  const times = Math.ceil(random() * 2);
  const laterMs = random() < 0.5 ? 0 : random() * 500;
  if (random() < 0.1) return Promise.race([over, sleep(soon / 4)]);
  await Promise.race([over, meet(() => running.events.length > 0, 0)]);
  const chosen =
    what < 0.5
      ? sleep(soon)
      : what < 0.6
        ? meet(() => running.events.length >= count, 0)
        : meet(() => running.events.filter(({ type }) => type === kind).length >= times, laterMs);
  await Promise.race([over, chosen, sleep(longestMs, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
};

const endedAlready = async (running: Running): Promise<boolean> =>
  Promise.race([running.ended().then(() => true), sleep(0).then(() => false)]);

/** Kills in a round below which the next is killed sooner, and above which it is left to come farther. */
const fewKills = 6;
const manyKills = 15;

/** A round with few kills was over before they came, one with many hardly got on: the machine is quicker or slower than thought. */
const keepPace = (tally: Tally, kills: number): void => {
  if (kills < fewKills) tally.longestMs = Math.max(500, tally.longestMs * 0.7);
  if (kills > manyKills) tally.longestMs *= 1.3;
};

/**
 * Runs something to its end on a fleet, and kills the controller at random moments on the way; after each kill the run is
 * resumed, which may be killed again. Rejects when a resume ends in an error, or when it comes to no end.
 */
const throughKills = async (
  operator: Controller,
  args: readonly string[],
  tally: Tally,
  random: () => number,
): Promise<void> => {
  let next = args;
  let left = 0;
  const earlier = new Set(await runsIn(operator.directory));
  const mine = async (): Promise<readonly string[]> =>
    (await runsIn(operator.directory)).filter((run) => !earlier.has(run));
  const wasKilled = async (running: Running): Promise<boolean> => {
    if (tally.kills >= tally.wanted || random() < 0.04) return false;
    await moment(running, random, tally.longestMs);
    if (await endedAlready(running)) return false;
    running.kill('SIGKILL');
    return (await running.ended()).code === null;
  };
  for (;;) {
    const runs = await mine();
    const running = operator.start(next);
    if (await wasKilled(running)) {
      const now = await mine();
      const { fell, begun, over } = await lastWords(operator.directory, now);
      const where = now.length === runs.length ? 'before its journal' : fell;
      tally.kills += 1;
      if (next !== args) tally.resumesKilled += 1;
      tally.fell.set(where, (tally.fell.get(where) ?? 0) + 1);
      if (over) return;
      next = begun ? ['resume'] : args;
      continue;
    }
    const { code, stderr, said } = await running.ended();
    if (code === 0) return;
    left += 1;
    tally.wentOn += 1;
    if (code === null || code === 2 || left > patience) {
      // Said at once: what else goes on may take half an hour more.
      const why = `"${next.join(' ')}" ended with ${code}: ${said}${stderr}\n${(await newestJournal(operator.directory)).slice(-6000)}`;
      process.stderr.write(`${why}\n`);
      throw new Error(why);
    }
    next = ['resume'];
  }
};

/** The same, and sees to it that the next round meets neither too few kills nor too many. */
export const runThroughKills = async (
  operator: Controller,
  args: readonly string[],
  tally: Tally,
  random: () => number,
): Promise<void> => {
  const before = tally.kills;
  await throughKills(operator, args, tally, random);
  keepPace(tally, tally.kills - before);
};
