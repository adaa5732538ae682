/** How far a rollout is expected to get in the window that is open, or opens next. Times are milliseconds since the epoch. */
export interface WindowOutlook {
  /** IANA name of the zone that its times are told in; `null` when hosts may be started at any time. */
  readonly zone: string | null;
  /** How many hosts there are to do. */
  readonly hosts: number;
  /** What a host is expected to take, in milliseconds. */
  readonly perHostMs: number;
  /** What must be left of the window for a host to start: the time to do it, and to undo it. */
  readonly needMs: number;
  /** How that is known. */
  readonly by: 'told' | 'measured' | 'deadlines' | 'nothing';
  readonly askedAt: number;
  /** When the first host may start; `null` when no window is long enough, or none comes. */
  readonly opensAt: number | null;
  /** `null`: it has no end in sight. */
  readonly closesAt: number | null;
  /** How many hosts will have ended by then, and when the last of them. */
  readonly fit: number;
  readonly endsAt: number | null;
}

/** What a rollout holds to beyond its waves. */
export interface Outlook {
  /** `inventory`, `sorted`, `shuffle, seed 3f0c`, … */
  readonly order: string;
  /** `never two of one rack`, … */
  readonly spread: string | null;
  /** How many hosts of the first wave are canaries. */
  readonly canaries: number;
  /** The most hosts that may be in flight, down or failed together. */
  readonly capacity: number;
  /** Hosts that were down before it began, and take of the capacity. */
  readonly down: readonly string[];
  /** `null` when it may run at any time. */
  readonly window: WindowOutlook | null;
}
