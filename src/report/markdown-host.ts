import { formatBytes } from '../model/bytes.ts';
import { formatDuration } from '../model/duration.ts';
import { wayText } from '../model/way-text.ts';
import { onlyPlanned, plannedHeading } from './host-play.ts';
import { fenced, inCode, plain, table } from './markdown-text.ts';
import type { HostPlay, HostReport, Report } from './report.ts';
import { changeText, clockText, outcomeWord, tookText } from './words.ts';

/** What one host met, without a heading. */
export const hostBody = (host: HostReport, mode: Report['mode']): readonly string[] => [
  ...factsLine(host),
  ...host.plays.flatMap((play) => playBody(play, mode)),
  ...host.links.map(
    ({ lostAt, reason, afterMs }) =>
      `- link lost at ${clockText(lostAt)}: ${plain(reason)}; ${afterMs === null ? 'it did not come back' : `back after ${formatDuration(afterMs)}`}`,
  ),
  ...host.warnings.map(({ message, remedy }) => `- warning: ${plain(message)} → ${inCode(remedy)}`),
  '',
];

const factsLine = ({ facts }: HostReport): readonly string[] => {
  if (facts === null) return [];
  const ovs = facts.ovs === null ? 'no Open vSwitch' : `Open vSwitch by ${facts.ovs.owner}`;
  const agent = facts.openstack === null ? '' : `, ${facts.openstack.agentUnit}`;
  return [plain(`${facts.distro} ${facts.distroVersion}, kernel ${facts.kernel} ${facts.arch}, ${ovs}${agent}`), ''];
};

/** A check ends no play: it finds that all is as wanted, or tells what is not. */
const unended = ({ planned, refusals }: HostPlay, mode: Report['mode']): string => {
  if (mode === 'apply') return ': not ended';
  return planned.length + refusals.length === 0 ? ': as wanted' : '';
};

const playBody = (play: HostPlay, mode: Report['mode']): readonly string[] => {
  const began = play.startedAt === null ? '' : ` at ${clockText(play.startedAt)}`;
  const took = play.ms === null || play.startedAt === null ? '' : ` in ${tookText(play.ms)}`;
  const ended = play.outcome === null ? unended(play, mode) : `: ${outcomeWord(play.outcome)}`;
  const met = play.problem === null ? play.refusals : [play.problem];
  return [
    `**${plain(play.title)}**${ended}${took}${began}`,
    '',
    ...met.flatMap(({ message, remedy }) => [`> ${plain(message)}`, `> → ${inCode(remedy)}`, '']),
    ...stepTable(play),
    ...plannedTable(play, mode),
    ...play.files.map(
      ({ file, sent, bytes }) => `- ${inCode(file)} ${sent ? `sent, ${formatBytes(bytes)}` : 'was there already'}`,
    ),
    ...play.traffic.map(
      ({ from, to, longestGapMs, maxGapMs, lost, sent }) =>
        `- traffic ${plain(from)} → ${plain(to)}: longest gap ${formatDuration(longestGapMs)} of ${formatDuration(maxGapMs)} allowed, ${lost} of ${sent} probes lost`,
    ),
    '',
    ...play.transactions.flatMap(transactionBody),
    ...play.steps
      .filter(({ output }) => output !== '')
      .flatMap(({ step, output }) => [`${inCode(step)} printed:`, '', ...fenced(output), '']),
  ];
};

const stepTable = ({ steps }: HostPlay): readonly string[] => {
  if (steps.length === 0) return [];
  const rows = steps.map((step) => [
    plain(step.step),
    step.outcome ?? 'no end known',
    [...step.changes.map(changeText), ...(step.message === null ? [] : [step.message])].map(plain).join('<br>') +
      (step.way === null ? '' : `${plain(` ${wayText(step.way)}`)}`),
    tookText(step.ms),
  ]);
  return [...table(['Step', '', 'Before → after', 'Took'], rows), ''];
};

const plannedTable = (play: HostPlay, mode: Report['mode']): readonly string[] => {
  const rows = onlyPlanned(play).map(({ step, changes, because }) => [
    plain(step),
    because === null ? changes.map(changeText).map(plain).join('<br>') : plain(because),
  ]);
  return rows.length === 0 ? [] : [...table([plannedHeading(play.outcome, mode), 'Before → after'], rows), ''];
};

const transactionBody = ({
  title,
  state,
  reason,
  found,
  marks,
  log,
}: HostPlay['transactions'][number]): readonly string[] => [
  `Transaction **${plain(title)}**: ${state}${found ? ', found open' : ''}${reason === null ? '' : ` (${plain(reason)})`}`,
  '',
  ...(marks.length === 0
    ? []
    : [
        ...table(
          ['By the clock of the host', 'Came to', 'For'],
          marks.map((mark) => [clockText(mark.hostTime), plain(mark.name), tookText(mark.ms)]),
        ),
        '',
      ]),
  ...(log === '' ? [] : ['Its log:', '', ...fenced(log), '']),
];
