import { formatDuration } from '../model/duration.ts';
import type { HostPlay, HostReport, Report } from './report.ts';
import { clockText } from './words.ts';

/** A picture of who was where when, as numbers and texts: units are pixels of a picture that is 1000 wide. */
export interface Timeline {
  readonly width: number;
  readonly height: number;
  /** Where the names of hosts end. */
  readonly labelEnd: number;
  readonly rows: readonly Row[];
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly legend: readonly { readonly style: string; readonly label: string }[];
}

interface Row {
  readonly y: number;
  readonly middle: number;
  readonly host: string;
  readonly outcome: string;
  readonly bars: readonly Bar[];
  /** While the link was lost. */
  readonly gaps: readonly Bar[];
}

interface Bar {
  readonly x: number;
  readonly width: number;
  readonly style: string;
  readonly title: string;
}

const width = 1000;
/** An average letter of the labels, in the units of the picture. */
const letterWidth = 6.9;
const longestLabel = 32;
const rowHeight = 18;
const axisHeight = 24;
const phaseStyles = 8;
const tickSteps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** `null` when no host began anything. */
export const timelineOf = (report: Report): Timeline | null => {
  const busy = report.hosts.filter(({ plays }) => plays.some(({ startedAt }) => startedAt !== null));
  if (busy.length === 0) return null;
  const span = Math.max(1, report.endedAt - report.startedAt);
  const longest = Math.max(...busy.map(({ host }) => Math.min(host.length, longestLabel)));
  const labelWidth = Math.ceil(longest * letterWidth) + 18;
  const x = (time: number): number => {
    const share = Math.min(1, Math.max(0, (time - report.startedAt) / span));
    return labelWidth + Math.round(share * (width - labelWidth - 10) * 10) / 10;
  };
  const phases = [...new Set(busy.flatMap(({ plays }) => plays.flatMap(phaseNames)))];
  const bar = (from: number, to: number, style: string, title: string): Bar => ({
    x: x(from),
    width: Math.max(style === 'work' ? 2 : 0.4, Math.round((x(to) - x(from)) * 10) / 10),
    style,
    title,
  });
  const rows = busy.map((host, i): Row => {
    const y = axisHeight + i * rowHeight;
    return {
      y: y + 3,
      middle: y + rowHeight / 2 + 4,
      host: host.host.length > longestLabel ? `${host.host.slice(0, longestLabel - 1)}…` : host.host,
      outcome: host.outcome ?? 'none',
      bars: host.plays.flatMap((play) => barsOf(play, phases, report, bar)),
      gaps: host.links.map(({ lostAt, afterMs, reason }) =>
        bar(lostAt, lostAt + (afterMs ?? 0), 'lost', `link lost: ${reason}`),
      ),
    };
  });
  return {
    width,
    labelEnd: labelWidth - 8,
    height: axisHeight + rows.length * rowHeight + 4,
    rows,
    ticks: ticksOf(report.startedAt, span).map((time) => ({ x: x(time), label: clockText(time) })),
    legend: legendOf(phases, busy),
  };
};

const phaseNames = ({ transactions }: HostPlay): readonly string[] =>
  transactions.flatMap(({ marks }) => marks.flatMap(({ kind, name }) => (kind === 'phase' ? [name] : [])));

const phaseStyle = (phases: readonly string[], name: string): string => `phase${phases.indexOf(name) % phaseStyles}`;

const barsOf = (
  play: HostPlay,
  phases: readonly string[],
  report: Report,
  bar: (from: number, to: number, style: string, title: string) => Bar,
): readonly Bar[] => {
  if (play.startedAt === null) return [];
  const end = play.ms === null ? report.endedAt : play.startedAt + play.ms;
  const took = play.ms === null ? 'no end known' : formatDuration(play.ms);
  return [
    bar(play.startedAt, end, 'work', `${play.title}: ${took}`),
    ...play.transactions.flatMap(({ marks }) =>
      marks.flatMap(({ name, kind, at, ms }) => {
        const style = kind === 'phase' ? phaseStyle(phases, name) : stateStyle(name);
        return ms === null || style === null ? [] : [bar(at, at + ms, style, `${name}: ${formatDuration(ms)}`)];
      }),
    ),
  ];
};

/** States that are stretches of their own; the rest pass at once, or are told by phases. */
const stateStyle = (state: string): string | null =>
  state === 'undoing' || state === 'awaiting' || state === 'confirmed' ? state : null;

const legendOf = (phases: readonly string[], hosts: readonly HostReport[]): Timeline['legend'] => {
  const states = new Set(
    hosts.flatMap(({ plays }) =>
      plays.flatMap(({ transactions }) => transactions.flatMap(({ marks }) => marks.map(({ name }) => name))),
    ),
  );
  const lost = hosts.some(({ links }) => links.length > 0);
  return [
    { style: 'work', label: 'at work' },
    ...phases.map((name) => ({ style: phaseStyle(phases, name), label: name })),
    ...(states.has('awaiting') ? [{ style: 'awaiting', label: 'waits to be confirmed' }] : []),
    ...(states.has('confirmed') ? [{ style: 'confirmed', label: 'settles' }] : []),
    ...(states.has('undoing') ? [{ style: 'undoing', label: 'undoes itself' }] : []),
    ...(lost ? [{ style: 'lost', label: 'link lost' }] : []),
  ];
};

const ticksOf = (start: number, spanMs: number): readonly number[] => {
  const most = 8;
  const seconds = tickSteps.find((step) => spanMs / 1000 / step <= most) ?? 86_400;
  const step = seconds * 1000;
  const first = Math.ceil(start / step) * step;
  return Array.from({ length: Math.floor((start + spanMs - first) / step) + 1 }, (_, i) => first + i * step);
};
