import { withoutHost } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { isFailure } from '../model/outcome.ts';
import { momentIn } from './clock.ts';
import type { Look } from './look.ts';
import type { Ended, InFlight, PlayState, RunState } from './state.ts';
import { columnsOf, counted, cutTo, oneLine, padTo } from './text.ts';

export interface LiveOptions {
  readonly look: Look;
  readonly columns: number;
  readonly rows: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const mostWaves = 4;
const mostHosts = 10;
const lastProblems = 2;

/** The view at the bottom of a terminal while a run goes on; it fits into columns × rows. Empty before and after. */
export const liveView = (state: RunState, options: LiveOptions): readonly string[] => {
  const { started, finished } = state;
  const play = state.plays[state.play] ?? null;
  if (started === null || finished !== null) return [];
  if (play === null || play.finished) return preparing(state, started, options);
  const of = started.plays.length > 1 ? ` (${state.play + 1} of ${started.plays.length})` : '';
  const elapsed = duration(options.now - started.time);
  const rest = options.rows - 1;
  const fixed = [
    row(`${play.title}${of}`, elapsed, options),
    ...waveRows(play, endedIn(state), options),
    countRow(play, state, options),
    ...stateRows(play, state, options),
  ];
  const problems = problemRows(state, options);
  const hosts = hostRows(state.inFlight, Math.min(mostHosts, rest - fixed.length - problems.length), options);
  return [...fixed, ...hosts, ...problems].slice(0, Math.max(rest, 1));
};

/** Without those that never began: they still wait, for a resume. */
const endedIn = (state: RunState): readonly Ended[] =>
  (state.ended[state.play] ?? []).filter(({ outcome }) => outcome !== 'not-started');

/** Before a play begins its hosts are read, which may take as long as the slowest of them. */
const preparing = (
  state: RunState,
  started: NonNullable<RunState['started']>,
  options: LiveOptions,
): readonly string[] => {
  const next = state.plays[state.play] === undefined ? state.play : state.play + 1;
  const title = started.plays[next];
  if (title === undefined) return [];
  const planned = state.plans[next]?.length ?? 0;
  const all = started.hosts.length;
  const what =
    next === 0 && planned === 0 ? `reading hosts: ${state.read} of ${all}` : `planning: ${counted(planned, 'host')}`;
  return [row(`${title}: ${what}`, duration(options.now - started.time), options)];
};

/** Whole seconds: a view that is drawn now and then would only flicker with more. */
const duration = (ms: number): string => (ms < 1000 ? '0s' : formatDuration(Math.floor(ms / 1000) * 1000));

const row = (left: string, right: string, { look, columns }: LiveOptions): string => {
  const room = columns - columnsOf(right) - 1;
  const text = cutTo(left, room, look.glyphs.ellipsis);
  return `${look.paint('strong', padTo(text, room))} ${look.paint('quiet', right)}`;
};

const waveRows = (play: PlayState, allEnded: readonly Ended[], { look, columns }: LiveOptions): readonly string[] => {
  const { glyphs, paint } = look;
  const done = new Set(allEnded.map(({ host }) => host));
  const width = columns >= 100 ? 30 : 20;
  const first = Math.max(0, Math.min(play.wave - 1, play.waves.length - mostWaves));
  return play.waves.slice(first, first + mostWaves).map((hosts, i) => {
    const ended = hosts.filter((host) => done.has(host)).length;
    const full = hosts.length === 0 ? 0 : Math.floor((ended * width) / hosts.length);
    const bar = paint('good', glyphs.barFull.repeat(full)) + paint('quiet', glyphs.barEmpty.repeat(width - full));
    const head = `wave ${first + i + 1} of ${play.waves.length} `;
    const count = ` ${String(ended).padStart(String(hosts.length).length)}/${hosts.length}  `;
    const names = cutTo(foldHosts(hosts), columns - head.length - width - count.length, glyphs.ellipsis);
    return `${head}${bar}${count}${paint('quiet', names)}`;
  });
};

const countRow = (play: PlayState, state: RunState, { look, columns }: LiveOptions): string => {
  const allEnded = endedIn(state);
  const began = new Set(play.waves.flat());
  const bad = allEnded.filter(({ outcome }) => isFailure(outcome));
  const failed = bad.filter(({ host }) => began.has(host)).length;
  // Unreachable or refused before the play: they do not count for its budget.
  const leftOut = bad.length - failed;
  const done = new Set([...allEnded, ...state.inFlight].map(({ host }) => host));
  const waiting = play.waves.flat().filter((host) => !done.has(host)).length;
  const good = `${allEnded.length - bad.length} done, ${state.inFlight.length} in flight, ${waiting} waiting, `;
  const out = leftOut === 0 ? '' : `, ${leftOut} left out`;
  const rest = cutTo(
    `${failed} failed (stops after ${play.stopAfter})${out}`,
    columns - good.length,
    look.glyphs.ellipsis,
  );
  return good + look.paint(bad.length > 0 ? 'bad' : 'quiet', rest);
};

const stateRows = (play: PlayState, state: RunState, { look, columns, now }: LiveOptions): readonly string[] => {
  const { paint, glyphs } = look;
  const left = play.paused === null ? 0 : Math.max(0, play.paused.since + play.paused.ms - now);
  return [
    ...(play.paused === null ? [] : [paint('change', `paused: the next wave begins in ${duration(left)}`)]),
    ...(play.waiting === null
      ? []
      : [
          paint(
            'change',
            cutTo(
              `no window is open: waits until ${momentIn(play.waiting.zone, now)(play.waiting.opensAt)} ${play.waiting.zone}`,
              columns,
              glyphs.ellipsis,
            ),
          ),
        ]),
    ...(state.budget === null
      ? []
      : [paint('bad', cutTo('failure budget spent: nothing new starts', columns, glyphs.ellipsis))]),
    ...(state.interrupted === 0
      ? []
      : [paint('warn', cutTo('interrupted: hosts in flight finish, no other starts', columns, glyphs.ellipsis))]),
  ];
};

/** Those that take longest come first: they hold the others up. */
const hostRows = (inFlight: readonly InFlight[], most: number, options: LiveOptions): readonly string[] => {
  const { look, columns, now } = options;
  const longest = inFlight.toSorted((a, b) => a.since - b.since || a.host.localeCompare(b.host));
  const shown = longest.length <= most ? longest : longest.slice(0, Math.max(0, most - 1));
  const name = Math.min(24, Math.max(0, ...shown.map(({ host }) => columnsOf(host))));
  const rows = shown.map((one) => {
    const times = `${duration(now - one.doingSince).padStart(6)} ${duration(now - one.since).padStart(7)}`;
    const what = one.cutOff ? `link lost during ${one.doing}` : one.doing;
    const head = `  ${padTo(cutTo(one.host, name, look.glyphs.ellipsis), name)}  `;
    const room = columns - columnsOf(head) - times.length - 1;
    const text = padTo(cutTo(oneLine(what), room, look.glyphs.ellipsis), room);
    return `${head}${look.paint(one.cutOff ? 'warn' : 'plain', text)} ${look.paint('quiet', times)}`;
  });
  const hidden = longest.slice(shown.length).map(({ host }) => host);
  const more = `  and ${hidden.length} more: ${foldHosts(hidden)}`;
  return hidden.length === 0 ? rows : [...rows, look.paint('quiet', cutTo(more, columns, look.glyphs.ellipsis))];
};

const problemRows = (state: RunState, { look, columns }: LiveOptions): readonly string[] =>
  state.problems.slice(-lastProblems).map(({ host, problem }) => {
    // What halts a rollout is of no host.
    const whose = host === '' ? '' : `${host}: `;
    const text = `${look.glyphs.error} ${whose}${oneLine(withoutHost(host, problem.message))}`;
    return look.paint('bad', cutTo(text, columns, look.glyphs.ellipsis));
  });
