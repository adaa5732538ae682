import { formatBytes } from '../model/bytes.ts';
import { withoutHost } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import { wayText } from '../model/way-text.ts';
import { onlyPlanned, plannedHeading } from './host-play.ts';
import { type Data, toneOf } from './html-tone.ts';
import type { HostPlay, HostReport, Report, TransactionReport } from './report.ts';
import type { Story } from './story.ts';
import { changeText, clockText, outcomeWord, printable, standing, tookText } from './words.ts';

/** What hosts went through that went through the same. */
export const storyData = ({ names, hosts, first }: Story, index: number, report: Report): Data => {
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
