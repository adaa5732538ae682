import type { Change } from './change.ts';
import type { Problem } from './error.ts';

/** What the probe said of one step. */
export type Forecast =
  | { readonly is: 'satisfied' }
  | { readonly is: 'change'; readonly changes: readonly Change[] }
  /** Cannot be known before an earlier step has run. */
  | { readonly is: 'unknown'; readonly until: string }
  /** A check that will be made after a change; it never changes the host itself. */
  | { readonly is: 'check' }
  /** A check that would fail now. */
  | { readonly is: 'fails'; readonly changes: readonly Change[] }
  | { readonly is: 'error'; readonly message: string };

/** What would change in a file, or in a text of several lines. */
export type FileDiff =
  | {
      readonly file: string;
      readonly is: 'text';
      /** A unified diff. */
      readonly patch: string;
    }
  /** Why it is not shown: it is binary, large, or for its owner alone. */
  | { readonly file: string; readonly is: 'hidden'; readonly because: string };

/** A playbook's tree for one host, as a forecast: inert data, the same for every host that will be treated alike. */
export type PlannedNode =
  | {
      readonly kind: 'step';
      readonly title: string;
      readonly forecast: Forecast;
      readonly note?: string;
      /** What it would change in files; when that was asked for. */
      readonly diffs?: readonly FileDiff[];
    }
  | {
      readonly kind: 'group';
      readonly title: string;
      readonly pending: boolean;
      readonly children: readonly PlannedNode[];
    }
  | {
      readonly kind: 'transaction';
      readonly title: string;
      readonly pending: boolean;
      /** It undoes itself unless the controller comes back within this time. */
      readonly confirmMs: number;
      readonly deadlineMs: number;
      readonly children: readonly PlannedNode[];
    }
  | {
      readonly kind: 'around';
      readonly title: string;
      readonly pending: boolean;
      readonly children: readonly PlannedNode[];
    }
  | {
      readonly kind: 'unchanged';
      readonly title: string;
      readonly pending: boolean;
      readonly children: readonly PlannedNode[];
    }
  | {
      readonly kind: 'watched';
      readonly title: string;
      readonly pending: boolean;
      /** `null`: the inventory does not say from where to probe, so traffic is not measured. */
      readonly probe: { readonly from: string; readonly to: string } | null;
      readonly children: readonly PlannedNode[];
    };

export interface HostPlan {
  readonly host: string;
  readonly nodes: readonly PlannedNode[];
  /** Why this host cannot be done as asked; nothing is done to it while there is one. */
  readonly refusals: readonly Problem[];
}

/** Whether a node would change the host, or would fail on it as it is. */
export const plannedPending = (node: PlannedNode): boolean => {
  switch (node.kind) {
    case 'step':
      return node.forecast.is !== 'satisfied' && node.forecast.is !== 'check';
    case 'group':
    case 'transaction':
    case 'around':
    case 'unchanged':
    case 'watched':
      return node.pending;
  }
};

/** Whether the host would be changed, or a check of it fails. */
export const hasChanges = (plan: HostPlan): boolean => plan.nodes.some(plannedPending);

/** One play of a playbook, as it would go over its hosts. */
export interface PlayPlan {
  readonly title: string;
  readonly waves: readonly (readonly string[])[];
  readonly concurrency: number;
  /** The failure that stops it, e.g. 1: nothing new starts after the first. */
  readonly stopAfter: number;
  readonly pauseMs: number;
  readonly hosts: readonly HostPlan[];
}
