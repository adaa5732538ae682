import type { Problem } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { Reading } from '../model/plan-document.ts';
import type { Connection } from '../model/ports.ts';
import type { Readings } from '../plan/index.ts';
import type { Node } from '../playbook/index.ts';
import type { Services } from './services.ts';
import type { StepByStep } from './step-by-step.ts';

export interface HostJob {
  readonly play: number;
  readonly host: Host;
  readonly nodes: readonly Node[];
  /** Why it may not be done after all, by what was read right before it. */
  readonly objection: (readings: Readings) => Promise<Problem | null>;
  /** Whoever is asked before each step; `null`: nobody is. */
  readonly steps: StepByStep | null;
  /** Any host of the inventory, for probes from elsewhere. */
  readonly hostNamed: (name: string) => Host | undefined;
  readonly services: Services;
  readonly signal: AbortSignal | undefined;
}

export type Went = { readonly changed: boolean };

/** What was read of the host; a reboot has it read anew. */
export type Known = Map<string, Reading>;

/** The open connection of the host: after a reboot another than before. */
export const connectionTo = ({
  host,
  services,
  signal,
}: Pick<HostJob, 'host' | 'services' | 'signal'>): Promise<Connection> => services.connections.get(host, signal);
