import { causeKey } from '../model/causes.ts';
import type { FleetEvent, Stamped } from '../model/event.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import { clockIn } from './clock.ts';
import { hostTexts, runTexts } from './event-texts.ts';
import { changedFileLines } from './file-changes.ts';
import { type Look, outcomeWord } from './look.ts';
import { initialState, type RunState, reduce } from './state.ts';
import { padTo, printable } from './text.ts';

export interface LineOptions {
  readonly look: Look;
  /** IANA name of the time zone that times are shown in, e.g. `Europe/Paris`. */
  readonly zone: string;
  /** 0: no steps but failed ones; 1: steps; 2: what they print, as it comes. */
  readonly verbosity: 0 | 1 | 2;
}

interface NarratorOptions extends LineOptions {
  /** Whether the phases of transactions are told without being asked for: a log has them, a live view shows them in place. */
  readonly phases: boolean;
}

/** Tells a run line by line, and knows how far it is. */
export interface Narrator {
  readonly tell: (event: Stamped) => readonly string[];
  readonly state: () => RunState;
}

/** What ends a stretch in which hosts that end alike are gathered. */
const barriers: ReadonlySet<FleetEvent['type']> = new Set([
  'wave.started',
  'wave.paused',
  'play.finished',
  'budget.spent',
  'rollout.halted',
  'window.waiting',
  'run.interrupted',
  'run.finished',
]);

const failedOutputLines = 20;

/**
 * The lines that a log or a terminal scrolls. A host that ends as another did before is held back, and named together
 * with all others like it when the wave ends: 40 equal failures are two lines.
 */
export const createNarrator = ({ look, zone, verbosity, phases }: NarratorOptions): Narrator => {
  const clock = clockIn(zone);
  let state = initialState;
  let nameColumns = 4;
  const told = new Map<string, string>();
  const held = new Map<string, string[]>();
  const unfinished = new Map<string, string>();

  const line = (event: Stamped, who: string, text: string): string =>
    `${look.paint('quiet', clock(event.time))} ${look.paint('strong', padTo(who, nameColumns))}  ${text}`;

  const release = (event: Stamped): readonly string[] => {
    const lines = [...held].map(([text, hosts]) => line(event, foldHosts(hosts), text));
    held.clear();
    return lines;
  };

  /** Whether somebody has said so before; then it is enough to name the host with the others. */
  const holdBack = (event: Stamped): boolean => {
    if (event.type !== 'host.finished') return false;
    const text = alike(event, told);
    if (text === null) return false;
    held.set(text, [...(held.get(text) ?? []), event.host]);
    return true;
  };

  const failedOutput = (event: Stamped, before: RunState): readonly string[] => {
    if (event.type !== 'step.finished' || verbosity === 2 || event.outcome === 'ok' || event.outcome === 'changed')
      return [];
    const output = before.inFlight.find(({ host }) => host === event.host)?.output[event.step] ?? '';
    return printable(output)
      .trimEnd()
      .split('\n')
      .filter((text) => text !== '')
      .slice(-failedOutputLines)
      .map((text) => look.paint('quiet', `  | ${text}`));
  };

  /** Whole lines of a step's output; a part waits for its end. */
  const output = (event: Stamped): readonly string[] => {
    if (verbosity < 2 || (event.type !== 'step.output' && event.type !== 'step.finished')) return [];
    const key = `${event.host}\n${event.step}`;
    const text = (unfinished.get(key) ?? '') + (event.type === 'step.output' ? event.text : '');
    const lines = text.split('\n');
    const rest = event.type === 'step.output' ? (lines.pop() ?? '') : '';
    unfinished.delete(key);
    if (rest !== '') unfinished.set(key, rest);
    return lines.filter((part) => part !== '').map((part) => look.paint('quiet', `  | ${printable(part)}`));
  };

  const tell = (event: Stamped): readonly string[] => {
    const before = state;
    state = reduce(state, event);
    if (event.type === 'run.started') nameColumns = Math.max(4, ...event.hosts.map((host) => host.length));
    const released = barriers.has(event.type) ? release(event) : [];
    if (holdBack(event)) return released;
    const who = 'host' in event && event.host !== null ? event.host : null;
    if (who === null)
      return [...released, ...runTexts(event, state, look).map(([head, text]) => line(event, head, text))];
    const repeated = event.type === 'step.finished' && isFailed(event) && tells(told, event) !== null;
    const texts = repeated ? [] : hostTexts(event, before, { look, verbosity, phases });
    const tail = repeated ? [] : failedOutput(event, before);
    const files = changedFileLines(event, before, told, look);
    return [...released, ...[...output(event), ...texts, ...tail, ...files].map((text) => line(event, who, text))];
  };

  return { tell, state: () => state };
};

type StepFinished = Extract<FleetEvent, { readonly type: 'step.finished' }>;
const isFailed = ({ outcome }: StepFinished): boolean => outcome === 'failed' || outcome === 'unproven';

/** Who failed in the same step with the same words before; the first time it is noted down. */
const tells = (told: Map<string, string>, { host, step, message }: StepFinished): string | null => {
  const key = `step\n${step}\n${message}`;
  const first = told.get(key) ?? null;
  if (first === null) told.set(key, host);
  return first;
};

const alike = (
  { host, outcome, problem }: Extract<FleetEvent, { readonly type: 'host.finished' }>,
  told: Map<string, string>,
): string | null => {
  if (outcome === 'not-started') return outcomeWord(outcome);
  if (problem === null) return outcome === 'current' ? 'nothing to do' : null;
  const key = causeKey({ host, problem });
  const first = told.get(key);
  if (first !== undefined && first !== host) return `${outcomeWord(outcome)}, as ${first}`;
  told.set(key, host);
  return null;
};
