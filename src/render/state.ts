import type { HostProblem } from '../model/causes.ts';
import type { FleetEvent, Stamped } from '../model/event.ts';
import type { HostOutcome } from '../model/outcome.ts';
import type { Outlook } from '../model/outlook.ts';
import type { HostPlan, PlayPlan } from '../model/plan.ts';

export interface InFlight {
  readonly host: string;
  readonly since: number;
  /** What it is doing, in a few words. */
  readonly doing: string;
  /** When it began to do that. */
  readonly doingSince: number;
  /** The end of what each running step printed, for the one that fails. */
  readonly output: Readonly<Record<string, string>>;
  /** Steps that changed it, in order. */
  readonly changed: readonly string[];
  readonly cutOff: boolean;
}

export interface Ended {
  readonly host: string;
  readonly outcome: HostOutcome;
}

interface Traffic {
  readonly host: string;
  readonly longestGapMs: number;
  readonly maxGapMs: number;
  readonly lost: number;
}

export interface PlayState extends Omit<PlayPlan, 'hosts'> {
  readonly wave: number;
  readonly paused: { readonly since: number; readonly ms: number } | null;
  readonly outlook: Outlook | null;
  /** It sleeps until a window opens. */
  readonly waiting: { readonly opensAt: number; readonly zone: string } | null;
  readonly finished: boolean;
}

/** A run as far as it is: all that any view needs, folded from events. */
export interface RunState {
  readonly started: Extract<Stamped, { readonly type: 'run.started' }> | null;
  /** Flags that whoever goes on with it must type, too. */
  readonly reachedBy: readonly string[];
  /** In the order they began; `null` before a play of that index did. */
  readonly plays: readonly (PlayState | null)[];
  readonly play: number;
  /** By play; they may come before the play begins, since its waves are cut from them. */
  readonly plans: readonly (readonly HostPlan[])[];
  /** By play; a host can end before its play begins: it cannot be reached, or nothing is to be done on it. */
  readonly ended: readonly (readonly Ended[])[];
  /** How many hosts were read. */
  readonly read: number;
  readonly inFlight: readonly InFlight[];
  /** Titles of transactions by id; one found open may be told of before its host is in flight. */
  readonly transactions: Readonly<Record<string, string>>;
  readonly problems: readonly HostProblem[];
  readonly warnings: readonly HostProblem[];
  readonly traffic: readonly Traffic[];
  readonly budget: Extract<FleetEvent, { readonly type: 'budget.spent' }> | null;
  readonly interrupted: number;
  readonly finished: Extract<Stamped, { readonly type: 'run.finished' }> | null;
}

export const initialState: RunState = {
  started: null,
  reachedBy: [],
  plays: [],
  play: 0,
  plans: [],
  ended: [],
  read: 0,
  inFlight: [],
  transactions: {},
  problems: [],
  warnings: [],
  traffic: [],
  budget: null,
  interrupted: 0,
  finished: null,
};

/** So much of a step's output is kept for the case that it fails, in characters. */
const keptOutput = 4000;

/** The run after one more event. */
export const reduce = (state: RunState, event: Stamped): RunState => {
  switch (event.type) {
    case 'run.started':
      return { ...state, started: event };
    case 'run.reached':
      return { ...state, reachedBy: event.flags };
    case 'play.started': {
      const { play, title, waves, concurrency, stopAfter, pauseMs } = event;
      const begun: PlayState = {
        ...{ title, waves, concurrency, stopAfter, pauseMs },
        wave: 0,
        paused: null,
        outlook: null,
        waiting: null,
        finished: false,
      };
      return { ...state, play, plays: replaced(state.plays, play, begun, null) };
    }
    case 'play.outlook':
      return inPlay(state, event.play, () => ({ outlook: event.outlook }));
    case 'play.finished':
      return inPlay(state, event.play, () => ({ finished: true, paused: null, waiting: null }));
    case 'wave.started':
      return inPlay(state, event.play, () => ({ wave: event.wave, paused: null, waiting: null }));
    case 'wave.paused':
      return inPlay(state, event.play, () => ({ paused: { since: event.time, ms: event.ms } }));
    case 'window.waiting':
      return inPlay(state, event.play, () => ({ waiting: { opensAt: event.opensAt, zone: event.zone } }));
    case 'rollout.halted':
      return { ...state, problems: [...state.problems, { host: '', problem: event.problem }] };
    case 'gate.judged':
      return { ...state, problems: [...state.problems, ...event.failed] };
    case 'host.planned':
      return {
        ...state,
        plans: replaced(state.plans, event.play, [...(state.plans[event.play] ?? []), event.plan], []),
      };
    case 'host.started': {
      const begun: InFlight = {
        host: event.host,
        since: event.time,
        doing: 'connecting',
        doingSince: event.time,
        output: {},
        changed: [],
        cutOff: false,
      };
      const awake = inPlay(state, event.play, () => ({ waiting: null }));
      return { ...awake, inFlight: [...without(state.inFlight, event.host), begun] };
    }
    case 'host.finished': {
      const { host, outcome, problem } = event;
      const before = state.ended[event.play] ?? [];
      return {
        ...state,
        ended: replaced(state.ended, event.play, [...before, { host, outcome }], []),
        inFlight: without(state.inFlight, host),
        problems: problem === null ? state.problems : [...state.problems, { host, problem }],
      };
    }
    case 'batch.sent':
      return doing(state, event, event.steps[0] ?? 'reading');
    case 'step.started':
      return doing(state, event, event.step);
    case 'step.output':
      return onHost(state, event.host, ({ output }) => ({
        output: { ...output, [event.step]: ((output[event.step] ?? '') + event.text).slice(-keptOutput) },
      }));
    case 'step.finished':
      return onHost(state, event.host, ({ output, changed }) => ({
        output: Object.fromEntries(Object.entries(output).filter(([step]) => step !== event.step)),
        changed: event.outcome === 'changed' ? [...changed, event.step] : changed,
      }));
    case 'file.progress': {
      const percent = event.totalBytes === 0 ? 100 : Math.floor((100 * event.doneBytes) / event.totalBytes);
      const verb = event.direction === 'to-host' ? 'sending' : 'fetching';
      return doing(state, event, `${verb} ${event.file} ${percent} %`);
    }
    case 'transaction.sent': {
      const { transaction, title } = event;
      return doing(titled(state, transaction, title), event, `${title}: sent`);
    }
    case 'transaction.attached':
      return event.title === null ? state : titled(state, event.transaction, event.title);
    case 'transaction.phase':
      return doing(state, event, `${titleOf(state, event)}: ${event.phase}`);
    case 'transaction.state':
      return event.state === 'running'
        ? state
        : doing(state, event, `${titleOf(state, event)}: ${stateWords[event.state]}`);
    case 'link.lost':
      return onHost(state, event.host, () => ({ cutOff: true }));
    case 'link.back':
      return onHost(state, event.host, () => ({ cutOff: false }));
    case 'traffic.measured': {
      const { host, maxGapMs, measured } = event;
      const { longestGapMs, lost } = measured;
      return { ...state, traffic: [...state.traffic, { host, longestGapMs, maxGapMs, lost }] };
    }
    case 'budget.spent':
      return { ...state, budget: event };
    case 'run.interrupted':
      return { ...state, interrupted: event.times };
    case 'warning':
      return { ...state, warnings: [...state.warnings, { host: event.host ?? '', problem: event.problem }] };
    case 'run.finished':
      return { ...state, finished: event, inFlight: [] };
    case 'host.facts':
      return { ...state, read: state.read + 1 };
    case 'file.sent':
    case 'file.finished':
    case 'hook.answered':
    case 'run.selected':
    case 'run.ticket':
    case 'transaction.log':
      return state;
  }
};

/** What a state of a transaction means to a reader. */
export const stateWords = {
  prepared: 'prepared',
  running: 'running',
  awaiting: 'waits to be confirmed',
  confirmed: 'confirmed',
  undoing: 'undoing',
  done: 'done',
  undone: 'undone, verified',
  stuck: 'stuck, needs hands',
} as const;

export const titleOf = (state: RunState, { transaction }: { readonly transaction: string }): string =>
  state.transactions[transaction] ?? transaction;

const titled = (state: RunState, transaction: string, title: string): RunState => ({
  ...state,
  transactions: { ...state.transactions, [transaction]: title },
});

/** A play as the plan view takes it. */
export const playPlan = (state: RunState, index: number): PlayPlan | null => {
  const play = state.plays[index];
  return play === null || play === undefined ? null : { ...play, hosts: state.plans[index] ?? [] };
};

const inPlay = (state: RunState, play: number, change: (now: PlayState) => Partial<PlayState>): RunState => {
  const now = state.plays[play];
  return now === null || now === undefined
    ? state
    : { ...state, plays: replaced(state.plays, play, { ...now, ...change(now) }, null) };
};

const onHost = (state: RunState, host: string, change: (now: InFlight) => Partial<InFlight>): RunState => ({
  ...state,
  inFlight: state.inFlight.map((now) => (now.host === host ? { ...now, ...change(now) } : now)),
});

const doing = (state: RunState, event: { readonly host: string; readonly time: number }, what: string): RunState =>
  onHost(state, event.host, (now) => (now.doing === what ? {} : { doing: what, doingSince: event.time }));

const without = (inFlight: readonly InFlight[], host: string): readonly InFlight[] =>
  inFlight.filter((now) => now.host !== host);

const replaced = <T>(items: readonly T[], index: number, item: T, gap: T): readonly T[] =>
  Array.from({ length: Math.max(items.length, index + 1) }, (_, i) => (i === index ? item : (items[i] ?? gap)));
