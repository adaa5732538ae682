import type { Problem } from '../model/error.ts';
import type { Hook, HookAnswer, HookMessage } from '../model/hook.ts';
import type { Freeze } from '../model/window.ts';
import type { AskStep } from './step-by-step.ts';

/** What a site and an operator say of a run beyond its playbook. */
export interface Controls {
  /** What to do while no window is open: end, to be resumed, or sleep until one opens. */
  readonly whenClosed: 'pause' | 'sleep';
  /** What hosts took in earlier runs of a play of that title, in milliseconds. */
  readonly measured: (play: string) => readonly number[];
  /** Asked before those of the playbook. */
  readonly hooks: readonly Hook[];
  /** Rejects with the signal's reason when it is aborted; every other failure is an answer. */
  readonly askHook: (hook: Hook, message: HookMessage, signal: AbortSignal) => Promise<HookAnswer>;
  /** Asked before each step of each host; `null`: nobody is. */
  readonly askStep: AskStep | null;
  readonly frozen: readonly Freeze[];
  /** What became of the selection of a part of the playbook, once all hosts have been asked. */
  readonly selection: {
    /** Why nothing of it is to be done anywhere; `null` when something is. */
    readonly nothing: () => Problem | null;
    /** What of it fits nothing. */
    readonly unused: () => readonly Problem[];
  };
  /** No play has more hosts in flight than this. */
  readonly maxConcurrency: number | null;
}

/** Nobody says anything. */
export const uncontrolled: Controls = {
  whenClosed: 'pause',
  measured: () => [],
  hooks: [],
  askHook: async () => ({ is: 'go' }),
  askStep: null,
  frozen: [],
  selection: { nothing: () => null, unused: () => [] },
  maxConcurrency: null,
};
