import type { Problem } from './error.ts';
import type { Facts } from './facts.ts';
import type { Value } from './host.ts';
import type { Selection } from './selection.ts';

/** Version of the written form; it is raised when a reader of the one before would misunderstand. */
export const planFormat = 1;

/** What a probe brought of one step. */
export type Reading =
  | { readonly is: 'value'; readonly text: string }
  | { readonly is: 'unknown'; readonly until: string }
  | { readonly is: 'error'; readonly message: string };

/**
 * What a playbook would do, as it was shown: inert, so that it can be read, kept and approved, and later done as it is or
 * not at all. It holds no secret.
 */
export interface PlanDocument {
  readonly format: typeof planFormat;
  readonly id: string;
  /** Of ovsfleet. */
  readonly version: string;
  /** sha256 of the scripts that are the same for all steps: frames, locks, transactions. */
  readonly machinery: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  readonly title: string;
  /** Absolute path. */
  readonly playbook: string;
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
  /** As given with -i, absolute. */
  readonly inventory: readonly string[];
  readonly limit: string | null;
  /** The part of the playbook that it is for. */
  readonly selection: Selection;
  readonly params: Readonly<Record<string, Value>>;
  /** Where builds are kept, absolute. */
  readonly store: string;
  readonly plays: readonly string[];
  readonly hosts: Readonly<Record<string, HostRecord>>;
  /** Texts by their sha256, each once: what nodes do, and the libraries that they call. */
  readonly scripts: Readonly<Record<string, string>>;
}

/** One host in a plan. */
export interface HostRecord {
  /** Whether it was selected, or serves others as a builder. */
  readonly role: 'selected' | 'builder';
  readonly inventory: InventoryRecord;
  /** `null` when it could not be read. */
  readonly facts: Facts | null;
  /** Why nothing will be done to it; `null` when it may be done. */
  readonly leftOut: Problem | null;
  readonly trees: readonly TreeRecord[];
}

/** What the inventory says of a host. Variables are digests: a changed one is told by its name. */
export interface InventoryRecord {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly groups: readonly string[];
  readonly vars: Readonly<Record<string, string>>;
}

/** What one play would do to a host. */
export interface TreeRecord {
  readonly play: number;
  readonly nodes: readonly NodeRecord[];
}

/** A node of a tree, in the order that it is written. */
export interface NodeRecord {
  readonly title: string;
  readonly kind: string;
  /** 0 at the top. */
  readonly depth: number;
  /** sha256 of its text, as people read it. */
  readonly script: string;
  /** sha256 of all that it is, what stands in it left out. */
  readonly exact: string;
  /** sha256 of the libraries that it calls, by name. */
  readonly libraries: Readonly<Record<string, string>>;
  /** `null` for what is not read: a group, say. */
  readonly reading: { readonly was: Reading; readonly want: string } | null;
}
