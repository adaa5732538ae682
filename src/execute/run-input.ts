import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { LocalFile, Oversight } from '../plan/index.ts';
import type { ResolvedPlaybook } from '../playbook/index.ts';
import type { Controls } from './controls.ts';
import type { Services } from './services.ts';

/** How an operator ends a run before its end. */
export interface Interrupts {
  /**
   * Aborted by the first Ctrl-C: those in flight finish, nothing new starts. With a `FleetError` for its reason: so that
   * has to end which cannot be recorded any more.
   */
  readonly wind: AbortSignal;
  /** Aborted by the second: what is in flight is left to its hosts. */
  readonly abort: AbortSignal;
}

/** What a run is told. */
export interface RunInput {
  readonly playbook: ResolvedPlaybook;
  /** The hosts of a pattern, in inventory order, already limited as the user asked. */
  readonly select: (pattern: string) => readonly Host[];
  /** The same without the user's limit: builders serve whoever is selected. */
  readonly selectAll: (pattern: string) => readonly Host[];
  readonly hostNamed: (name: string) => Host | undefined;
  readonly mode: 'apply' | 'check';
  /** How many hosts are read at once. */
  readonly forks: number;
  /** Facts that an earlier run of the same went by; hosts that say otherwise now are not touched. */
  readonly pinned: ReadonlyMap<string, Facts>;
  /** Who sees all that is about to be done, and may say no. */
  readonly oversight: Oversight;
  /** Reads what would be sent, to show what that changes; `null`: it is not shown. */
  readonly localFile: LocalFile | null;
  /** What the site and the operator say of the run beyond its playbook. */
  readonly controls: Controls;
  readonly services: Services;
  readonly interrupts: Interrupts;
}
