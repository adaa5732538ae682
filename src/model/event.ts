import type { HostProblem } from './causes.ts';
import type { Change } from './change.ts';
import type { Problem } from './error.ts';
import type { Facts } from './facts.ts';
import type { HookAnswer, HookMoment } from './hook.ts';
import type { Value } from './host.ts';
import type { HostOutcome, StepOutcome, TransactionState } from './outcome.ts';
import type { Outlook } from './outlook.ts';
import type { HostPlan } from './plan.ts';
import type { Selection } from './selection.ts';
import type { TrafficMeasured } from './traffic.ts';

/**
 * Everything that happens in a run, and all that terminal, log, journal and report know of it. A renderer or a report
 * that needs a fact which is not here means that an event is wrong.
 */
export type FleetEvent =
  | {
      readonly type: 'run.started';
      readonly title: string;
      readonly playbook: string;
      readonly inventory: readonly string[];
      readonly params: Readonly<Record<string, Value>>;
      readonly limit: string | null;
      readonly mode: 'apply' | 'check';
      readonly plays: readonly string[];
      readonly hosts: readonly string[];
      readonly version: string;
      /** The run that this one goes on with. */
      readonly resumes: string | null;
      /** Absolute path of where builds are kept; `null` in journals of before it was recorded. */
      readonly store: string | null;
      /** The id of the plan that it goes by, and does nothing else. */
      readonly plan: string | null;
    }
  | {
      readonly type: 'play.started';
      readonly play: number;
      readonly title: string;
      readonly waves: readonly (readonly string[])[];
      readonly concurrency: number;
      readonly stopAfter: number;
      readonly pauseMs: number;
    }
  | {
      /** What a rollout holds to beyond its waves, and how far it is expected to get. */
      readonly type: 'play.outlook';
      readonly play: number;
      readonly outlook: Outlook;
    }
  | { readonly type: 'play.finished'; readonly play: number }
  | { readonly type: 'wave.started'; readonly play: number; readonly wave: number; readonly hosts: readonly string[] }
  | { readonly type: 'wave.paused'; readonly play: number; readonly wave: number; readonly ms: number }
  /** Only this part of the playbook is done. */
  | { readonly type: 'run.selected'; readonly selection: Selection }
  /** Which change of the site this run belongs to. */
  | { readonly type: 'run.ticket'; readonly ticket: string }
  /** Flags that whoever goes on with it must type, too: where it is kept, how its hosts are reached. No secrets. */
  | { readonly type: 'run.reached'; readonly flags: readonly string[] }
  /** Nothing may start before a window opens; the run sleeps until then. */
  | {
      readonly type: 'window.waiting';
      readonly play: number;
      readonly hosts: readonly string[];
      readonly opensAt: number;
      readonly zone: string;
    }
  /** Nothing new starts, for a reason that is no failure of a host in this play. `play` is `null` when none was begun. */
  | {
      readonly type: 'rollout.halted';
      readonly play: number | null;
      readonly because: 'window' | 'capacity' | 'gate' | 'hook';
      readonly problem: Problem;
    }
  /** What must hold on the hosts that are done, before more follow. */
  | {
      readonly type: 'gate.judged';
      readonly play: number;
      /** The wave that it lets begin. */
      readonly wave: number;
      readonly hosts: readonly string[];
      readonly failed: readonly HostProblem[];
    }
  | {
      readonly type: 'hook.answered';
      readonly play: number | null;
      readonly moment: HookMoment;
      readonly hook: string;
      readonly hosts: readonly string[];
      readonly answer: HookAnswer;
      /** When it said "wait": after how long it is asked again. */
      readonly againMs: number | null;
    }
  | { readonly type: 'host.facts'; readonly host: string; readonly facts: Facts }
  | { readonly type: 'host.planned'; readonly play: number; readonly plan: HostPlan }
  | { readonly type: 'host.started'; readonly play: number; readonly host: string }
  | {
      readonly type: 'host.finished';
      readonly play: number;
      readonly host: string;
      readonly outcome: HostOutcome;
      /** Why, and what to type next; absent when it went well. */
      readonly problem: Problem | null;
      readonly ms: number;
    }
  /** Bytes are about to leave for the host; on disk before they do. */
  | { readonly type: 'batch.sent'; readonly play: number; readonly host: string; readonly steps: readonly string[] }
  | { readonly type: 'step.started'; readonly play: number; readonly host: string; readonly step: string }
  | {
      readonly type: 'step.output';
      readonly play: number;
      readonly host: string;
      readonly step: string;
      readonly text: string;
    }
  | {
      readonly type: 'step.finished';
      readonly play: number;
      readonly host: string;
      readonly step: string;
      readonly outcome: StepOutcome;
      readonly changes: readonly Change[];
      /** Which of several ways was taken and why the ones before it were not. */
      readonly way: { readonly title: string; readonly because: string } | null;
      readonly message: string | null;
      readonly ms: number;
    }
  /** A file is about to leave for the host; on disk before it does. */
  | { readonly type: 'file.sent'; readonly play: number; readonly host: string; readonly file: string }
  | {
      readonly type: 'file.progress';
      readonly play: number;
      readonly host: string;
      readonly file: string;
      readonly direction: 'to-host' | 'from-host';
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  | {
      readonly type: 'file.finished';
      readonly play: number;
      readonly host: string;
      readonly file: string;
      readonly direction: 'to-host' | 'from-host';
      readonly bytes: number;
      readonly sent: boolean;
      readonly sha256: string;
    }
  | {
      readonly type: 'transaction.sent';
      readonly play: number;
      readonly host: string;
      readonly transaction: string;
      readonly title: string;
      readonly phases: readonly string[];
    }
  /** This controller watches a transaction, its own or one found open. */
  | {
      readonly type: 'transaction.attached';
      readonly play: number;
      readonly host: string;
      readonly transaction: string;
      /** As the host has it; `null` when the transaction is older than its keeping. */
      readonly title: string | null;
      readonly state: TransactionState;
      readonly found: boolean;
      /** Who began one that was found, and when by the host's clock; `null` where that is not known, or it is our own. */
      readonly owner: string | null;
      readonly sinceMs: number | null;
    }
  | {
      readonly type: 'transaction.phase';
      readonly play: number;
      readonly host: string;
      readonly transaction: string;
      readonly index: number;
      readonly phase: string;
      /** Milliseconds since the epoch, by the host's own clock. */
      readonly hostTime: number;
    }
  | {
      readonly type: 'transaction.state';
      readonly play: number;
      readonly host: string;
      readonly transaction: string;
      readonly index: number;
      readonly state: TransactionState;
      /** Milliseconds since the epoch, by the host's own clock. */
      readonly hostTime: number;
      readonly reason: string | null;
    }
  /** What the host itself wrote of a transaction that did not end well. */
  | {
      readonly type: 'transaction.log';
      readonly play: number;
      readonly host: string;
      readonly transaction: string;
      readonly text: string;
    }
  | { readonly type: 'link.lost'; readonly host: string; readonly reason: string }
  | { readonly type: 'link.back'; readonly host: string; readonly afterMs: number }
  | {
      readonly type: 'traffic.measured';
      readonly play: number;
      readonly host: string;
      readonly measured: TrafficMeasured;
      readonly maxGapMs: number;
    }
  | {
      readonly type: 'budget.spent';
      readonly play: number;
      readonly failed: readonly string[];
      readonly stopAfter: number;
    }
  | { readonly type: 'run.interrupted'; readonly times: number }
  | { readonly type: 'warning'; readonly host: string | null; readonly problem: Problem }
  | {
      readonly type: 'run.finished';
      readonly exitCode: number;
      /** Why a host counts for the exit code, worst first; empty when all went well. */
      readonly ms: number;
      readonly resumable: boolean;
    };

/** Version of the written form of events; it is raised when a reader of the one before would misunderstand. */
export const eventFormat = 1;

/** An event as it is written: stamped once, by the bus. */
export type Stamped = FleetEvent & {
  /** Counts from 1 within a run, without a gap. */
  readonly seq: number;
  /** Milliseconds since the epoch, by the controller's clock. */
  readonly time: number;
  readonly run: string;
};
