import { formatBytes } from '../model/bytes.ts';
import { type Cause, withoutHost } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { hostOutcomes } from '../model/outcome.ts';
import { paramTexts } from '../model/param-text.ts';
import { resumeCommand } from '../model/resume-command.ts';
import { wayText } from '../model/way-text.ts';
import { onlyPlanned, plannedHeading } from './host-play.ts';
import type { HostPlay, HostReport, Report, TransactionReport } from './report.ts';
import { type Story, storiesOf } from './story.ts';
import { timelineOf } from './timeline.ts';
import {
  changeText,
  clockText,
  countsText,
  dateText,
  endText,
  outcomeWord,
  printable,
  standing,
  tookText,
} from './words.ts';

type Data = Readonly<Record<string, unknown>>;

/** All that the HTML template prints, as texts: it decides nothing but where they go. */
export const htmlData = (report: Report): Data => {
  const stories = storiesOf(report.hosts);
  const counted = standingCounts(report);
  return {
    title: report.title,
    run: report.run,
    ended: endText(report),
    endedTone: report.exitCode === 0 ? 'good' : report.exitCode === 5 ? 'change' : 'bad',
    check: report.mode === 'check',
    resume: report.resumable ? resumeCommand(report.run, report.inventory, report.reachedBy) : null,
    began: dateText(report.startedAt),
    took: formatDuration(report.endedAt - report.startedAt),
    facts: factRows(report),
    tiles: counted.map(({ word, count, tone }) => ({ word, count, tone })),
    shares: counted.map(({ word, count, tone }) => ({ label: `${count} ${word}`, count, tone })),
    causes: report.causes.map(causeData),
    warnings: report.warnings.map(causeData),
    traffic: trafficData(report),
    plays: report.plays.map((play) => ({
      title: play.title,
      waves: play.waves.map((wave) => ({ names: foldHosts(wave), count: wave.length })),
      rules:
        play.startedAt === null ? 'not begun' : `${play.concurrency} at a time, stops after ${play.stopAfter} failed`,
      pause: play.pauseMs > 0 && play.waves.length > 1 ? formatDuration(play.pauseMs) : null,
      counts: countsText(play.counts),
      budget: play.budgetSpentBy === null ? null : foldHosts(play.budgetSpentBy),
    })),
    timeline: timelineOf(report),
    columns: busyPlays(report).map((index) => report.plays[index]?.title ?? ''),
    gaps: report.traffic !== null,
    hosts: report.hosts.map((host) => hostRow(host, report, stories)),
    stories: stories.map((story, index) => storyData(story, index, report)),
    version: report.version,
  };
};

const standingCounts = (report: Report): readonly { word: string; count: number; tone: string }[] => {
  const words = report.hosts.map((host) => standing(host, report.mode));
  const order = ['conforms', 'drifts', ...hostOutcomes.map(outcomeWord), 'no end known'];
  return order
    .map((word) => ({ word, count: words.filter((other) => other === word).length, tone: toneOf(word) }))
    .filter(({ count }) => count > 0);
};

const toneOf = (word: string): string => {
  switch (word) {
    case 'current':
    case 'nothing to do':
    case 'conforms':
    case 'ok':
      return 'calm';
    case 'changed':
    case 'done':
      return 'good';
    case 'drifts':
      return 'change';
    case 'not started':
      return 'quiet';
    case 'undone':
    case 'in doubt':
    case 'no end known':
    case 'unproven':
      return 'warn';
    default:
      return 'bad';
  }
};

const factRows = (report: Report): readonly Data[] => {
  const params = paramTexts(report.params);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['Playbook', [report.playbook]],
    ['Inventory', report.inventory],
    ['Params', params],
    ['Limit', report.limit === null ? [] : [report.limit]],
    ['Only', report.selected === null ? [] : [report.selected]],
    ['Ticket', report.ticket === null ? [] : [report.ticket]],
    ['Goes on with', report.resumes === null ? [] : [report.resumes]],
    ['Interrupted', report.interruptedAt === null ? [] : [dateText(report.interruptedAt)]],
    ['Sent to hosts', report.bytesSent === 0 ? [] : [formatBytes(report.bytesSent)]],
  ];
  return rows.filter(([, values]) => values.length > 0).map(([name, values]) => ({ name, values }));
};

const causeData = ({ hosts, message, remedy }: Cause): Data => {
  const named = hosts.filter((host) => host !== '');
  return { names: foldHosts(named), count: named.length, message: printable(message), remedy: printable(remedy) };
};

const trafficData = ({ traffic }: Report): Data | null =>
  traffic === null
    ? null
    : {
        gap: formatDuration(traffic.longestGapMs),
        host: traffic.worstHost,
        limit: formatDuration(traffic.maxGapMs),
        measured: traffic.measured,
        tone: traffic.aboveLimit.length === 0 ? 'good' : 'bad',
        above: foldHosts(traffic.aboveLimit),
      };

/** Plays in which a host was at work: a column each. A check has none. */
const busyPlays = (report: Report): readonly number[] =>
  report.plays
    .map((_, index) => index)
    .filter((index) =>
      report.hosts.some(({ plays }) => plays.some((play) => play.play === index && play.startedAt !== null)),
    );

const mostRecorded = 4;

const hostRow = (host: HostReport, report: Report, stories: readonly Story[]): Data => {
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

const storyData = ({ names, hosts, first }: Story, index: number, report: Report): Data => {
  const word = standing(first, report.mode);
  const tone = toneOf(word);
  return {
    id: index + 1,
    names,
    count: hosts.length,
    many: hosts.length > 1,
    like: first.host,
    word,
    tone,
    open: tone === 'bad' || tone === 'warn' || report.hosts.length === 1,
    platform: platformText(first),
    plays: first.plays.map((play) => playData(play, first.host, report.mode)),
    links: first.links.map(({ lostAt, reason, afterMs }) => ({
      at: clockText(lostAt),
      reason: printable(reason),
      back: afterMs === null ? 'it did not come back' : `back after ${formatDuration(afterMs)}`,
    })),
    warnings: first.warnings.map(({ message, remedy }) => ({
      message: printable(withoutHost(first.host, message)),
      remedy: printable(remedy),
    })),
  };
};

const platformText = ({ facts }: HostReport): string => {
  if (facts === null) return '';
  const ovs = facts.ovs === null ? 'no Open vSwitch' : `Open vSwitch by ${facts.ovs.owner}`;
  const agent = facts.openstack === null ? '' : ` · ${facts.openstack.agentUnit}`;
  return `${facts.distro} ${facts.distroVersion} · kernel ${facts.kernel} ${facts.arch} · ${ovs}${agent}`;
};

const playData = (play: HostPlay, host: string, mode: Report['mode']): Data => {
  const idle = mode === 'check' && play.planned.length === 0 && play.refusals.length === 0;
  const word = play.outcome === null ? (idle ? 'nothing to do' : '') : outcomeWord(play.outcome);
  return {
    title: play.title,
    word,
    tone: toneOf(word),
    when:
      play.startedAt === null ? '' : `${clockText(play.startedAt)}${play.ms === null ? '' : `, ${tookText(play.ms)}`}`,
    problems: (play.problem === null ? play.refusals : [play.problem]).map(({ message, remedy }) => ({
      message: printable(withoutHost(host, message)),
      remedy: printable(remedy),
    })),
    heading: plannedHeading(play.outcome, mode),
    planned: onlyPlanned(play).map(({ step, changes, because }) => ({
      step,
      changes: because === null ? changes.map((change) => printable(changeText(change))) : [printable(because)],
    })),
    steps: play.steps.map(({ step, outcome, changes, message, way, ms, output }) => ({
      step,
      outcome: outcome ?? 'no end known',
      tone: toneOf(outcome ?? 'no end known'),
      changes: changes.map((change) => printable(changeText(change))),
      message: message === null ? '' : printable(message),
      way: way === null ? '' : printable(wayText(way)),
      took: tookText(ms),
      output: printable(output).trimEnd(),
    })),
    files: play.files.map(({ file, sent, bytes, sha256 }) => ({
      file,
      what: sent ? `sent, ${formatBytes(bytes)}` : 'was there already',
      digest: sha256.slice(0, 12),
    })),
    traffic: play.traffic.map((seen) => ({
      path: `${seen.from} → ${seen.to}`,
      gap: formatDuration(seen.longestGapMs),
      limit: formatDuration(seen.maxGapMs),
      lost: `${seen.lost} of ${seen.sent}`,
      tone: seen.longestGapMs > seen.maxGapMs ? 'bad' : 'good',
    })),
    transactions: play.transactions.map(transactionData),
  };
};

const transactionData = ({ title, state, found, reason, marks, log }: TransactionReport): Data => ({
  title,
  state,
  tone: state === 'done' ? 'good' : state === 'undone' ? 'warn' : 'bad',
  found,
  reason: reason === null ? '' : printable(reason),
  marks: marks.map((mark) => ({
    name: printable(mark.name),
    kind: mark.kind,
    at: clockText(mark.hostTime),
    took: tookText(mark.ms),
  })),
  ownLog: printable(log).trimEnd(),
});
