import type { Host } from '../model/host.ts';
import type { PlannedNode } from '../model/plan.ts';
import { probeOf } from '../model/traffic.ts';
import { plannedNodes, type Readings } from '../plan/index.ts';
import type { Node } from '../playbook/index.ts';
import type { HostEnd } from './ends.ts';

/** A step, or something that is done whole, which is about to be done to a host. */
export interface AskedStep {
  readonly play: string;
  readonly host: string;
  readonly planned: readonly PlannedNode[];
}

/** Whoever wants to be asked before each step. */
export type AskStep = (asked: AskedStep) => Promise<'do' | 'leave-out'>;

/** What they said of one host. */
export interface StepByStep {
  /** Whether it may be done. Asked again after a lost link, they need not say it twice. */
  readonly may: (node: Node, readings: Readings) => Promise<boolean>;
  /** How the host ends for whose sake something was left out; `null` when nothing was. */
  readonly leftOut: () => HostEnd | null;
}

/** The code of the problem that a host ends with of which something was left out. */
export const leftOutCode = 'step.left-out';

/** @param wind aborted when the run is to end: what was not asked yet is left out then */
export const stepByStep = (host: Host, play: string, ask: AskStep, wind: AbortSignal): StepByStep => {
  const said = new Map<string, 'do' | 'leave-out'>();
  return {
    may: async (node, readings) => {
      const planned = plannedNodes([node], readings, probeOf(host));
      const known = said.get(node.title);
      const answer = known ?? (wind.aborted ? 'leave-out' : await ask({ play, host: host.name, planned }));
      said.set(node.title, answer);
      return answer === 'do';
    },
    leftOut: () => {
      const titles = [...said].filter(([, answer]) => answer === 'leave-out').map(([title]) => title);
      if (titles.length === 0) return null;
      return {
        outcome: 'not-started',
        problem: {
          code: leftOutCode,
          message: `${host.name}: ${titles.join(', ')} ${titles.length === 1 ? 'was' : 'were'} left out, as you said; what else the play does is done.`,
          remedy: 'To be asked again: ovsfleet resume --step; to have all of it done: ovsfleet resume',
          facts: { host: host.name, steps: titles.length },
        },
      };
    },
  };
};
