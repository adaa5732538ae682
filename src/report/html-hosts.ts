import { formatDuration } from '../model/duration.ts';
import { onlyPlanned } from './host-play.ts';
import { type Data, toneOf } from './html-tone.ts';
import type { HostReport, Report } from './report.ts';
import type { Story } from './story.ts';
import { changeText, printable, standing, tookText } from './words.ts';

/** Plays in which a host was at work: a column each. A check has none. */
export const busyPlays = (report: Report): readonly number[] =>
  report.plays
    .map((_, index) => index)
    .filter((index) =>
      report.hosts.some(({ plays }) => plays.some((play) => play.play === index && play.startedAt !== null)),
    );

const mostRecorded = 4;

/** One host in the table of all. */
export const hostRow = (host: HostReport, report: Report, stories: readonly Story[]): Data => {
  const word = standing(host, report.mode);
  const gaps = host.plays.flatMap(({ traffic }) => traffic);
  const longest = Math.max(0, ...gaps.map(({ longestGapMs }) => longestGapMs));
  const changed = host.plays.flatMap(({ steps }) => steps.filter(({ outcome }) => outcome === 'changed'));
  const foreseen = host.plays
    .filter(({ outcome }) => outcome === 'changed' || report.mode === 'check')
    .flatMap(onlyPlanned);
  const all = [...changed, ...foreseen].flatMap(({ step, changes }) => changes.map((change) => ({ step, change })));
  const keyed = all.filter(({ change }) => change.key !== '');
  const record = (keyed.length > 0 ? keyed : all).map(({ step, change }) =>
    changeText(change.key === '' ? { ...change, key: `${step}:` } : change),
  );
  return {
    host: host.host,
    word,
    tone: toneOf(word),
    story: stories.findIndex(({ hosts }) => hosts.includes(host)) + 1,
    took: busyPlays(report).map((index) => {
      const play = host.plays.find((one) => one.play === index);
      return play === undefined || play.startedAt === null ? '–' : tookText(play.ms) || '–';
    }),
    gap: gaps.length === 0 ? '–' : formatDuration(longest),
    gapTone: gaps.some(({ longestGapMs, maxGapMs }) => longestGapMs > maxGapMs) ? 'bad' : 'plain',
    record: printable(record.slice(0, mostRecorded).join(', ') + (record.length > mostRecorded ? ', …' : '')),
  };
};
