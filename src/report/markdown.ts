import { formatBytes } from '../model/bytes.ts';
import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { paramTexts } from '../model/param-text.ts';
import { resumeCommand } from '../model/resume-command.ts';
import { hostBody } from './markdown-host.ts';
import { inCode, plain, table } from './markdown-text.ts';
import type { HostReport, Report } from './report.ts';
import { type Story, storiesOf } from './story.ts';
import { countsText, dateText, endText, standing, tookText } from './words.ts';

/** The whole run: a summary, then a section for each host; hosts with the same story share one. */
export const reportMarkdown = (report: Report): string =>
  document([
    `# ${plain(report.title)}`,
    '',
    ...summary(report),
    ...causes('Problems', report.causes),
    ...causes('Warnings', report.warnings),
    ...traffic(report),
    ...conformance(report),
    '## Hosts',
    '',
    ...storiesOf(report.hosts).flatMap((one) => story(one, report.mode)),
  ]);

/** What one host met, in a file of its own. */
export const hostMarkdown = (report: Report, host: HostReport): string =>
  document([
    `# ${plain(host.host)}: ${standing(host, report.mode)}`,
    '',
    `${plain(report.title)}, run ${inCode(report.run)}, ${dateText(report.startedAt)}`,
    '',
    ...hostBody(host, report.mode),
  ]);

const document = (lines: readonly string[]): string =>
  `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;

const summary = (report: Report): readonly string[] => {
  const params = paramTexts(report.params).map(inCode);
  const rows: (readonly [string, string])[] = [
    ['Run', inCode(report.run)],
    [
      'Ended',
      `${endText(report)}${report.resumable ? `; go on with ${inCode(resumeCommand(report.run, report.inventory, report.reachedBy))}` : ''}`,
    ],
    ['Began', `${dateText(report.startedAt)}, took ${formatDuration(report.endedAt - report.startedAt)}`],
    [
      'Hosts',
      `${report.hosts.length}: ${report.mode === 'check' ? `${foundText(report)}; none was changed` : countsText(report.counts)}`,
    ],
    ['Playbook', inCode(report.playbook)],
    ['Inventory', report.inventory.map(inCode).join(', ')],
    ...(params.length === 0 ? [] : [['Params', params.join(', ')] as const]),
    ...(report.limit === null ? [] : [['Limit', inCode(report.limit)] as const]),
    ...(report.selected === null ? [] : [['Only', inCode(report.selected)] as const]),
    ...(report.ticket === null ? [] : [['Ticket', plain(report.ticket)] as const]),
    ...(report.resumes === null ? [] : [['Goes on with', inCode(report.resumes)] as const]),
    ...(report.bytesSent === 0 ? [] : [['Sent', formatBytes(report.bytesSent)] as const]),
  ];
  const plays = report.plays.map((play) => [
    plain(play.title),
    play.waves.map((wave) => foldHosts(wave)).join(' │ '),
    String(play.concurrency),
    String(play.stopAfter) + (play.budgetSpentBy === null ? '' : ` (spent by ${foldHosts(play.budgetSpentBy)})`),
    countsText(play.counts),
  ]);
  return [...table(['', ''], rows), '', ...table(['Play', 'Waves', 'At a time', 'Stops after', 'Hosts'], plays), ''];
};

/** `18 drift, 6 conform, 1 refused` */
const foundText = ({ hosts, mode }: Report): string => {
  const words = hosts.map((host) => standing(host, mode));
  return [...new Set(words)]
    .map((word) => [word, words.filter((other) => other === word).length] as const)
    .map(([word, count]) => `${count} ${count > 1 ? word.replace(/^(conform|drift)s$/, '$1') : word}`)
    .join(', ');
};

/** Of a check: who is as wanted, and who is not in what. */
const conformance = ({ mode, hosts: all }: Report): readonly string[] => {
  if (mode !== 'check') return [];
  const rows = storiesOf(all).map(({ names, hosts, first }) => [
    plain(hosts.length > 1 ? `${names} (${hosts.length})` : names),
    standing(first, mode),
    first.plays
      .flatMap(({ planned, problem, refusals }) => [
        ...planned.map(({ step }) => step),
        ...(problem === null ? refusals : [problem]).map(({ message }) => message),
      ])
      .map(plain)
      .join('<br>'),
  ]);
  return ['## Conformance', '', ...table(['Hosts', '', 'In what'], rows), ''];
};

const causes = (title: string, found: Report['causes']): readonly string[] =>
  found.length === 0
    ? []
    : [
        `## ${title}`,
        '',
        ...found.map(({ hosts, message, remedy }) => {
          const named = hosts.filter((host) => host !== '');
          const who = named.length === 0 ? '' : `**${foldHosts(named)}** (${named.length}): `;
          return `- ${who}${plain(message)}\n  → ${inCode(remedy)}`;
        }),
        '',
      ];

const traffic = ({ traffic: seen }: Report): readonly string[] => {
  if (seen === null) return [];
  const { longestGapMs, worstHost, maxGapMs, measured, aboveLimit } = seen;
  const gap = `Longest gap ${formatDuration(longestGapMs)} on ${plain(worstHost)} (${formatDuration(maxGapMs)} allowed)`;
  const above = aboveLimit.length === 0 ? '' : ` **Above the limit: ${foldHosts(aboveLimit)}.**`;
  return ['## Traffic', '', `${gap}; measured on ${measured} of the hosts.${above}`, ''];
};

const story = ({ names, hosts, first }: Story, mode: Report['mode']): readonly string[] => {
  const title = `### ${plain(names)}${hosts.length > 1 ? ` (${hosts.length})` : ''}: ${standing(first, mode)}`;
  if (hosts.length === 1) return [title, '', ...hostBody(first, mode), ''];
  return [
    title,
    '',
    ...(hosts.some(tookTime) ? [...times(hosts), ''] : []),
    `As on ${plain(first.host)}:`,
    '',
    ...hostBody(first, mode),
    '',
  ];
};

const tookTime = ({ plays }: HostReport): boolean =>
  plays.some(({ startedAt, ms }) => startedAt !== null && ms !== null);

/** What differs between hosts of one story. */
const times = (hosts: readonly HostReport[]): readonly string[] => {
  const rows = hosts.map(({ host, plays }) => {
    const gaps = plays.flatMap((play) => play.traffic.map(({ longestGapMs }) => longestGapMs));
    return [
      plain(host),
      plays.map(({ ms }) => tookText(ms) || '–').join(', '),
      gaps.length === 0 ? '–' : formatDuration(Math.max(...gaps)),
    ];
  });
  return table(['Host', 'Took', 'Longest gap'], rows);
};
