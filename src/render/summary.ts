import { causesOf, type HostProblem } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { hostOutcomes } from '../model/outcome.ts';
import { resumeCommand } from '../model/resume-command.ts';
import { type Look, outcomeWord, type Tone, toneOf } from './look.ts';
import { outlookTexts } from './outlook.ts';
import { planView } from './plan.ts';
import { playPlan, type RunState } from './state.ts';
import { oneLine, padTo, wrap } from './text.ts';

export interface SummaryOptions {
  readonly look: Look;
  readonly columns: number;
  /** Paths of the reports that were written. */
  readonly reports: readonly string[];
}

const exitWords: Readonly<Record<number, string>> = {
  0: 'all went well',
  1: 'a host failed or was undone',
  2: 'the input was refused',
  3: 'paused: nothing new was started',
  4: 'a host could not be reached',
  5: 'some hosts are not as wanted',
  130: 'interrupted',
};

/** What an operator reads when a run is over. */
export const summaryView = (state: RunState, options: SummaryOptions): readonly string[] => {
  const { look, reports } = options;
  const { started, finished } = state;
  if (started === null) return [];
  const took = finished === null ? 'not finished' : `took ${formatDuration(finished.ms)}`;
  const checked = started.mode === 'check';
  return [
    '',
    `${look.paint('strong', started.title)}  ${look.paint('quiet', `${started.run}, ${took}`)}`,
    ...started.plays.flatMap((title, index) =>
      checked ? forecast(state, index, options) : playLines(title, state, index, look),
    ),
    ...problemLines('Problems', 'bad', [...state.problems, ...refusalsIn(state)], options),
    ...problemLines('Warnings', 'warn', state.warnings, options),
    ...trafficLines(state, look),
    ...(reports.length === 0
      ? []
      : [section(checked ? 'Written' : 'Reports', look), ...reports.map((path) => `  ${path}`)]),
    ...(finished === null
      ? [`Cut off before its end. Go on with: ${resumeCommand(started.run, started.inventory, state.reachedBy)}`]
      : endLines(finished, resumeCommand(started.run, started.inventory, state.reachedBy), look)),
  ];
};

/** All reasons against each host: it ends with the first of them. */
const refusalsIn = ({ plans }: RunState): readonly HostProblem[] =>
  plans.flatMap((ofPlay) =>
    (ofPlay ?? []).flatMap(({ host, refusals }) => refusals.map((problem) => ({ host, problem }))),
  );

const forecast = (state: RunState, index: number, options: SummaryOptions): readonly string[] => {
  const play = playPlan(state, index);
  if (play === null) return [];
  const outlook = state.plays[index]?.outlook ?? null;
  const ahead = outlook === null ? [] : outlookTexts(outlook, options.look);
  return [
    ...planView(
      play,
      options,
      state.problems.map(({ host }) => host),
    ),
    ...ahead.map((text) => `  ${text}`),
    '',
  ];
};

const section = (title: string, look: Look): string => look.paint('strong', title);

const playLines = (title: string, state: RunState, index: number, look: Look): readonly string[] => {
  const play = state.plays[index] ?? null;
  const last = new Map((state.ended[index] ?? []).map(({ host, outcome }) => [host, outcome]));
  if (play === null && last.size === 0) return [];
  const hostsOf = (outcome: string): readonly string[] =>
    [...last].filter(([, o]) => o === outcome).map(([host]) => host);
  const rows = hostOutcomes
    .map((outcome) => ({ outcome, hosts: hostsOf(outcome) }))
    .filter(({ hosts }) => hosts.length > 0);
  const unknown = (play?.waves ?? []).flat().filter((host) => !last.has(host));
  return [
    section(title, look),
    ...rows.map(({ outcome, hosts }) => countLine(outcomeWord(outcome), hosts, toneOf(outcome), look)),
    ...(unknown.length === 0 ? [] : [countLine('no end known', unknown, 'warn', look)]),
  ];
};

const countLine = (word: string, hosts: readonly string[], tone: Tone, look: Look): string =>
  `  ${look.paint(tone, padTo(word, 12))} ${String(hosts.length).padStart(4)}  ${foldHosts(hosts)}`;

const problemLines = (
  title: string,
  tone: Tone,
  problems: readonly HostProblem[],
  { look, columns }: SummaryOptions,
): readonly string[] => {
  if (problems.length === 0) return [];
  return [
    section(title, look),
    ...causesOf(problems).flatMap(({ hosts, message, remedy }) => {
      const named = hosts.filter((host) => host !== '');
      const head =
        named.length === 0
          ? []
          : [`  ${look.paint(tone, foldHosts(named))} ${look.paint('quiet', `(${named.length})`)}`];
      return [
        ...head,
        ...wrap(oneLine(message), columns - 4).map((text) => `    ${text}`),
        `    ${look.glyphs.arrow} ${oneLine(remedy)}`,
      ];
    }),
  ];
};

const trafficLines = ({ traffic }: RunState, look: Look): readonly string[] => {
  const [worst] = traffic.toSorted((a, b) => b.longestGapMs - a.longestGapMs);
  if (worst === undefined) return [];
  const over = traffic.filter(({ longestGapMs, maxGapMs }) => longestGapMs > maxGapMs).map(({ host }) => host);
  const gap = look.paint(over.length > 0 ? 'bad' : 'good', formatDuration(worst.longestGapMs));
  const measured = new Set(traffic.map(({ host }) => host)).size;
  return [
    section('Traffic', look),
    `  longest gap ${gap} on ${worst.host} (${formatDuration(worst.maxGapMs)} allowed); measured on ${measured}`,
    ...(over.length === 0 ? [] : [`  ${look.paint('bad', 'above the limit:')} ${foldHosts(over)}`]),
  ];
};

const endLines = (
  { exitCode, resumable }: { readonly exitCode: number; readonly resumable: boolean },
  resume: string,
  look: Look,
): readonly string[] => {
  const text = `Exit ${exitCode}: ${exitWords[exitCode] ?? 'see above'}`;
  const tone: Tone = exitCode === 0 ? 'good' : exitCode === 5 ? 'change' : 'bad';
  return [look.paint(tone, text), ...(resumable ? [`Go on with: ${resume}`] : [])];
};
