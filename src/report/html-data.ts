import { formatBytes } from '../model/bytes.ts';
import type { Cause } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { hostOutcomes } from '../model/outcome.ts';
import { paramTexts } from '../model/param-text.ts';
import { resumeCommand } from '../model/resume-command.ts';
import { busyPlays, hostRow } from './html-hosts.ts';
import { storyData } from './html-story.ts';
import { type Data, toneOf } from './html-tone.ts';
import type { Report } from './report.ts';
import { storiesOf } from './story.ts';
import { timelineOf } from './timeline.ts';
import { countsText, dateText, endText, outcomeWord, printable, standing } from './words.ts';

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
