import { begunText } from '../model/begun.ts';
import { formatBytes } from '../model/bytes.ts';
import { withoutHost } from '../model/causes.ts';
import { formatDuration } from '../model/duration.ts';
import type { Stamped } from '../model/event.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { TransactionState } from '../model/outcome.ts';
import { paramTexts } from '../model/param-text.ts';
import type { PlannedNode } from '../model/plan.ts';
import { selectionText } from '../model/selection.ts';
import { momentIn } from './clock.ts';
import type { Look } from './look.ts';
import { endedTexts, stepText, trafficText } from './outcome-text.ts';
import { outlookTexts } from './outlook.ts';
import { rolloutText } from './plan.ts';
import { playPlan, type RunState, stateWords, titleOf } from './state.ts';
import { counted, oneLine } from './text.ts';

/** What is said of the run as a whole: a heading and a text each. `state` knows of the event already. */
export const runTexts = (event: Stamped, state: RunState, look: Look): readonly (readonly [string, string])[] => {
  switch (event.type) {
    case 'run.started': {
      const hosts = `${foldHosts(event.hosts)} (${event.hosts.length})`;
      const params = paramTexts(event.params);
      return [
        ['run', `${look.paint('strong', event.title)} on ${hosts}${params.length > 0 ? `  ${params.join(', ')}` : ''}`],
        ['run', look.paint('quiet', event.run)],
        ...(event.resumes === null ? [] : [['run', `goes on with ${event.resumes}`] as const]),
        ...(event.mode === 'check' ? [['run', 'check: no host is changed'] as const] : []),
      ];
    }
    case 'play.started': {
      const plan = playPlan(state, event.play);
      const of = (state.started?.plays.length ?? 1) > 1 ? ` (${event.play + 1} of ${state.started?.plays.length})` : '';
      return [
        [
          'play',
          `${look.paint('strong', event.title)}${of}${plan === null || plan.waves.length === 0 ? ': nothing to do' : `: ${rolloutText(plan, look)}`}`,
        ],
      ];
    }
    case 'wave.started': {
      const waves = state.plays[event.play]?.waves.length ?? 1;
      return waves < 2
        ? []
        : [['wave', `${event.wave + 1} of ${waves}: ${foldHosts(event.hosts)} (${event.hosts.length})`]];
    }
    case 'wave.paused':
      return [['wave', `${event.wave + 1} ended well; the next begins in ${formatDuration(event.ms)}`]];
    case 'run.selected':
      return [['run', `only ${selectionText(event.selection)}`]];
    case 'run.reached':
      return [];
    case 'run.ticket':
      return [['run', `ticket ${oneLine(event.ticket)}`]];
    case 'play.outlook':
      return outlookTexts(event.outlook, look).map((text) => ['play', text] as const);
    case 'window.waiting': {
      const opens = momentIn(event.zone, event.time)(event.opensAt);
      const text = `no window is open for ${foldHosts(event.hosts)}: waits until ${opens} ${event.zone}`;
      return [['play', look.paint('warn', text)]];
    }
    case 'rollout.halted':
      return [['play', look.paint('bad', `halted: ${oneLine(event.problem.message)}`)]];
    case 'gate.judged': {
      const passed = `the gate holds on ${foldHosts(event.hosts)} (${event.hosts.length})`;
      const failed = event.failed.map(
        ({ host, problem }) =>
          `${look.paint('bad', 'the gate does not hold:')} ${oneLine(`${host}: ${withoutHost(host, problem.message)}`)}`,
      );
      return (failed.length === 0 ? [passed] : failed).map((text) => ['gate', text] as const);
    }
    case 'hook.answered':
      return hookTexts(event, look);
    case 'budget.spent': {
      const hosts = foldHosts(event.failed);
      return [
        [
          'play',
          look.paint('bad', `stops after ${counted(event.failed.length, 'failure')} (${hosts}); nothing new starts`),
        ],
      ];
    }
    case 'run.interrupted':
      return [['run', look.paint('warn', 'interrupted: hosts in flight finish, no other starts')]];
    case 'warning':
      return [
        [
          'run',
          `${look.paint('warn', 'warning:')} ${oneLine(event.problem.message)} ${look.glyphs.arrow} ${oneLine(event.problem.remedy)}`,
        ],
      ];
    default:
      return [];
  }
};

/** One that lets go on is not worth a line. */
const hookTexts = (
  { hook, moment, hosts, answer, againMs }: Extract<Stamped, { readonly type: 'hook.answered' }>,
  look: Look,
): readonly (readonly [string, string])[] => {
  if (answer.is === 'go') return [];
  const who = moment.endsWith('host') ? ` for ${foldHosts(hosts)}` : '';
  const again = againMs === null ? '' : `; asked again in ${formatDuration(againMs)}`;
  const word = answer.is === 'wait' ? look.paint('warn', 'says wait:') : look.paint('bad', 'says no:');
  return [['hook', `${moment}${who}: ${oneLine(hook)} ${word} ${oneLine(answer.reason)}${again}`]];
};

export interface HostTextOptions {
  readonly look: Look;
  readonly verbosity: 0 | 1 | 2;
  /** Whether the phases of a transaction are lines of their own, too. A live view shows them in place. */
  readonly phases: boolean;
}

/** What is said of one host. `before` is the run before the event. */
export const hostTexts = (
  event: Stamped,
  before: RunState,
  { look, verbosity, phases }: HostTextOptions,
): readonly string[] => {
  const fromLevel = (level: 1 | 2, text: string): readonly string[] => (verbosity >= level ? [text] : []);
  switch (event.type) {
    case 'host.facts': {
      const { distro, distroVersion, kernel, arch, ovs } = event.facts;
      const owner = ovs === null ? 'no Open vSwitch' : `Open vSwitch by ${ovs.owner}`;
      return fromLevel(1, `${distro} ${distroVersion}, kernel ${kernel} ${arch}, ${owner}`);
    }
    case 'host.started':
      return fromLevel(1, look.paint('quiet', 'starts'));
    case 'host.finished':
      return endedTexts(event, event.outcome === 'changed' ? changedOn(before, event.play, event.host) : [], look);
    case 'batch.sent':
      return fromLevel(1, look.paint('quiet', `${counted(event.steps.length, 'step')} sent`));
    case 'step.finished': {
      const failed = event.outcome === 'failed' || event.outcome === 'unproven';
      return failed || event.way !== null ? [stepText(event, look)] : fromLevel(1, stepText(event, look));
    }
    case 'file.finished': {
      const verb = event.direction === 'to-host' ? 'sent' : 'fetched';
      return fromLevel(
        1,
        event.sent
          ? `${verb} ${oneLine(event.file)}, ${formatBytes(event.bytes)}`
          : `${oneLine(event.file)} is there already`,
      );
    }
    case 'transaction.sent':
      return fromLevel(1, `${event.title}: sent, ${counted(event.phases.length, 'phase')}`);
    case 'transaction.attached': {
      const title = event.title ?? titleOf(before, event);
      return event.found
        ? [
            `${look.paint('warn', 'found open:')} transaction ${title}, ${stateWords[event.state]}${oneLine(begunText(event))}; it is waited for  ${look.glyphs.arrow} ovsfleet tx show ${event.host}`,
          ]
        : fromLevel(1, `${title}: attached, ${stateWords[event.state]}`);
    }
    case 'transaction.phase':
      return phases || verbosity > 0 ? [oneLine(`${titleOf(before, event)}: ${event.phase}`)] : [];
    case 'transaction.state': {
      const said = event.reason === null ? '' : `: ${oneLine(event.reason)}`;
      const text = `${titleOf(before, event)}: ${stateWords[event.state]}${said}`;
      if (quietStates.has(event.state)) return fromLevel(1, text);
      return phases || isBad(event.state) ? [text] : fromLevel(1, text);
    }
    case 'transaction.log':
      return [
        look.paint('quiet', 'its own log:'),
        ...event.text
          .trimEnd()
          .split('\n')
          .map((text) => look.paint('quiet', `  | ${oneLine(text)}`)),
      ];
    case 'link.lost':
      return [`${look.paint('warn', 'link lost:')} ${oneLine(event.reason)}; reattaching`];
    case 'link.back':
      return [`link back after ${formatDuration(event.afterMs)}`];
    case 'traffic.measured':
      return [trafficText(event.measured, event.maxGapMs, look)];
    case 'warning': {
      const message = oneLine(withoutHost(event.host ?? '', event.problem.message));
      return [`${look.paint('warn', 'warning:')} ${message} ${look.glyphs.arrow} ${oneLine(event.problem.remedy)}`];
    }
    default:
      return [];
  }
};

const quietStates: ReadonlySet<TransactionState> = new Set(['prepared', 'running']);
const isBad = (state: TransactionState): boolean => state === 'undoing' || state === 'undone' || state === 'stuck';

/** Steps that told they changed the host; of a transaction, which tells of its phases only, those that it was to change. */
const changedOn = ({ inFlight, plans }: RunState, play: number, name: string): readonly string[] => {
  const told = inFlight.find(({ host }) => host === name)?.changed ?? [];
  const plan = plans[play]?.findLast(({ host }) => host === name);
  const foreseen = plan?.nodes.flatMap((node) => changesInTransactions(node, false)) ?? [];
  return [...new Set([...told, ...foreseen])];
};

const changesInTransactions = (node: PlannedNode, inside: boolean): readonly string[] => {
  if (node.kind === 'step') return inside && node.forecast.is === 'change' ? [node.title] : [];
  return node.children.flatMap((child) => changesInTransactions(child, inside || node.kind === 'transaction'));
};
