import type { Script, Way } from '../shell/index.ts';

/** A file for a host, from the controller's disk or its store of builds. */
export interface Send {
  readonly from: { readonly file: string } | { readonly artifact: string };
  /** Absolute path on the host. */
  readonly remote: string;
  /** Octal; `0644` unless said. */
  readonly mode: string;
  /** Lower-case hex; when it is known beforehand another file is refused. */
  readonly sha256: string | null;
}

/** A file from a host, into the controller's store of builds. */
export interface Bring {
  readonly remote: string;
  readonly artifact: string;
}

/** A file of a host that is copied into the run's own directory. */
export interface Fetch {
  /** Absolute path on the host. */
  readonly remote: string;
  /** Where below the host's directory of fetched files, e.g. `etc/hosts`. */
  readonly as: string;
}

/** A text file that a step writes, for its difference to be shown. */
export interface Writes {
  /** Absolute path on the host. */
  readonly remote: string;
  /** Octal. A file that only its owner may read is not shown. */
  readonly mode: string;
  readonly content: { readonly text: string } | { readonly file: string };
}

/** What a line of a step's output means that an operator would have to look up. */
export interface Explanation {
  readonly pattern: RegExp;
  /** The rest of the sentence "… failed: MEANS". */
  readonly means: string;
  readonly remedy: string;
}

/** What every node has. */
interface Named {
  readonly title: string;
  /** Words that runs may select it by; those of whatever it stands in count too. */
  readonly tags: readonly string[];
}

/** How to read the host, what it should read, how to make it so. Satisfied means that reading gives `want`. */
export interface Step extends Named {
  readonly kind: 'step';
  readonly read: Script;
  readonly want: string;
  /** Tried in order; there is one unless the step says `firstOf`. */
  readonly ways: readonly Way[];
  /** The parts of `make` that a transaction announces one by one; empty when it is one act. */
  readonly phases: readonly Phase[];
  readonly sends: readonly Send[];
  readonly brings: readonly Bring[];
  /** Puts back what `ways` or `phases` did, from wherever they stopped. A transaction takes only steps that have it. */
  readonly undo: Script | null;
  readonly withinMs: number;
  /** How long all of it may take; then everything that it started on the host is ended. */
  readonly limitMs: number;
  /** The change reboots the host, which has so long to come back and to read as wanted; `null`: it does not. */
  readonly rebootMs: number | null;
  /** What it writes of its work on the host, copied into the run's own directory whichever way it ends. */
  readonly logs: readonly Fetch[];
  /** Looked for, in order, in what it printed when it has failed; the first that is found is told. */
  readonly explains: readonly Explanation[];
  /** The files that it writes by other means than `sends`. */
  readonly writes: readonly Writes[];
  /** What else a reader of the plan should know. */
  readonly note: string | null;
}

/** A named part of a change, announced by the host when it begins. */
export interface Phase {
  readonly title: string;
  readonly run: Script;
}

/** Waits for something to be true, then fails. It never changes the host. */
export interface Verify extends Named {
  readonly kind: 'verify';
  readonly read: Script;
  readonly want: string;
  readonly withinMs: number;
  /** How long all of it may take, one last reading included. */
  readonly limitMs: number;
  /** Copied to the controller once it reads as wanted. */
  readonly fetches: readonly Fetch[];
}

export interface Group extends Named {
  readonly kind: 'group';
  readonly nodes: readonly Node[];
}

/** `before`, the body, then `after` always; nothing at all when the body has nothing to do. */
export interface Around extends Named {
  readonly kind: 'around';
  readonly before: Script;
  /** Must be right from wherever `before` stopped, and when repeated. */
  readonly after: Script;
  readonly nodes: readonly Node[];
}

/** Promises that `read` prints after the body what it printed before. */
export interface Unchanged extends Named {
  readonly kind: 'unchanged';
  /** Prints the canonical text of what must stay equal. */
  readonly read: Script;
  /** The same after a reboot in the middle, when less can have survived. */
  readonly readAfterReboot: Script;
  /** Saves, inside the transaction, what the body will need to restore it. */
  readonly save: Script;
  /** Runs when all is settled, whichever way it ended. */
  readonly end: Script;
  readonly nodes: readonly Node[];
}

/** What must not be left half-way: one program that the host owns, and that it settles or undoes by itself. */
export interface Transaction extends Named {
  readonly kind: 'transaction';
  readonly confirmMs: number;
  readonly deadlineMs: number;
  readonly nodes: readonly Node[];
}

/** Measures the traffic to this host's guest, from another host, while the body runs. */
export interface Watched extends Named {
  readonly kind: 'watched';
  readonly maxGapMs: number;
  readonly nodes: readonly Node[];
}

/** Checks that are made on another host than the one that the tree is for; that one is not changed meanwhile. */
export interface On extends Named {
  readonly kind: 'on';
  /** Its name in the inventory. */
  readonly host: string;
  readonly nodes: readonly Verify[];
}

export type Node = Step | Verify | Group | Around | Unchanged | Transaction | Watched | On;
