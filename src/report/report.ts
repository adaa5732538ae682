import type { Cause } from '../model/causes.ts';
import type { Change } from '../model/change.ts';
import type { Problem } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import type { Value } from '../model/host.ts';
import type { HostOutcome, StepOutcome, TransactionState } from '../model/outcome.ts';
import type { TrafficMeasured } from '../model/traffic.ts';

/** Version of the written form; it is raised when a reader of the one before would misunderstand. */
export const reportFormat = 1;

/** A run as it is told afterwards. Times are milliseconds since the epoch by the controller's clock unless said otherwise. */
export interface Report {
  readonly format: typeof reportFormat;
  readonly run: string;
  readonly title: string;
  readonly playbook: string;
  readonly inventory: readonly string[];
  /** Flags that whoever goes on with it must type, too. */
  readonly reachedBy: readonly string[];
  readonly params: Readonly<Record<string, Value>>;
  readonly limit: string | null;
  readonly mode: 'apply' | 'check';
  readonly version: string;
  readonly resumes: string | null;
  readonly startedAt: number;
  /** The last that is known, when the run was cut off. */
  readonly endedAt: number;
  /** `null`: the run was cut off before its end. */
  readonly exitCode: number | null;
  readonly resumable: boolean;
  /** The change of the site that it belonged to. */
  readonly ticket: string | null;
  /** The part of the playbook that it was for, as it is typed; `null` for all of it. */
  readonly selected: string | null;
  readonly interruptedAt: number | null;
  readonly plays: readonly PlayReport[];
  readonly hosts: readonly HostReport[];
  readonly counts: OutcomeCounts;
  readonly causes: readonly Cause[];
  readonly warnings: readonly Cause[];
  readonly traffic: TrafficReport | null;
  readonly bytesSent: number;
}

/** How many hosts ended so; only outcomes that there are. */
export type OutcomeCounts = Readonly<Partial<Record<HostOutcome, number>>>;

export interface PlayReport {
  readonly title: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly waves: readonly (readonly string[])[];
  readonly concurrency: number;
  readonly stopAfter: number;
  readonly pauseMs: number;
  readonly counts: OutcomeCounts;
  /** The hosts whose failures spent the budget; `null` while it was not spent. */
  readonly budgetSpentBy: readonly string[] | null;
}

export interface TrafficReport {
  readonly measured: number;
  readonly longestGapMs: number;
  readonly worstHost: string;
  readonly maxGapMs: number;
  readonly aboveLimit: readonly string[];
}

export interface HostReport {
  readonly host: string;
  /** The worst of its plays; `null` when none ended. */
  readonly outcome: HostOutcome | null;
  readonly facts: Facts | null;
  readonly plays: readonly HostPlay[];
  readonly links: readonly LinkReport[];
  readonly warnings: readonly Problem[];
}

export interface HostPlay {
  readonly play: number;
  readonly title: string;
  readonly outcome: HostOutcome | null;
  readonly problem: Problem | null;
  readonly startedAt: number | null;
  readonly ms: number | null;
  /** What was foreseen to change, by the titles of the steps. */
  readonly planned: readonly PlannedChange[];
  readonly refusals: readonly Problem[];
  readonly steps: readonly StepReport[];
  readonly files: readonly FileReport[];
  readonly transactions: readonly TransactionReport[];
  readonly traffic: readonly (TrafficMeasured & { readonly maxGapMs: number })[];
}

export interface PlannedChange {
  readonly step: string;
  readonly changes: readonly Change[];
  /** Why it is not known yet what will change, or could not be read. */
  readonly because: string | null;
}

export interface StepReport {
  readonly step: string;
  /** `null`: it began and nobody knows how it ended. */
  readonly outcome: StepOutcome | null;
  readonly changes: readonly Change[];
  readonly way: { readonly title: string; readonly because: string } | null;
  readonly message: string | null;
  readonly ms: number | null;
  /** The end of what it printed; empty unless it failed. */
  readonly output: string;
}

export interface FileReport {
  readonly file: string;
  readonly direction: 'to-host' | 'from-host';
  readonly bytes: number;
  readonly sent: boolean;
  readonly sha256: string;
}

export interface TransactionReport {
  readonly id: string;
  readonly title: string;
  /** Whether it was found open when the run came to the host. */
  readonly found: boolean;
  readonly state: TransactionState;
  readonly reason: string | null;
  readonly marks: readonly Mark[];
  /** What the host itself wrote; empty when all went well. */
  readonly log: string;
}

/** A phase or a state that a transaction came to. */
export interface Mark {
  readonly name: string;
  readonly kind: 'phase' | 'state';
  /** By the host's own clock. */
  readonly hostTime: number;
  /** By the controller's clock, as near as the link lets it be known. */
  readonly at: number;
  /** Until the next mark; `null` for the last. */
  readonly ms: number | null;
}

export interface LinkReport {
  readonly lostAt: number;
  readonly reason: string;
  /** `null`: it did not come back. */
  readonly afterMs: number | null;
}
