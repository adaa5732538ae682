import { parseDuration } from '../model/duration.ts';
import { joined, type Script, sh, type Way } from '../shell/index.ts';
import type {
  Around,
  Bring,
  Explanation,
  Fetch,
  Group,
  Node,
  On,
  Phase,
  Send,
  Step,
  Transaction,
  Unchanged,
  Verify,
  Watched,
  Writes,
} from './node.ts';
import { tagList } from './tags.ts';

const always = sh`:`;

/** How long a step may take that does not say: nothing is waited for without end. A compilation takes some ten minutes. */
const stepLimitMs = 3_600_000;
/** What a reading may take that is only waited for. */
const readLimitMs = 300_000;

/** Several ways to one want, tried in order, each with a precondition that the host can read. */
export interface FirstOf {
  readonly firstOf: readonly Way[];
}

/** Parts of a change, in order; a transaction announces each. */
export interface InPhases {
  readonly phases: readonly Phase[];
}

export type Make = Script | readonly Script[] | FirstOf | InPhases;

/** Tries each way whose precondition holds until reading gives what is wanted; each fall is an event with its reason. */
export const firstOf = (...ways: readonly Way[]): FirstOf => ({ firstOf: ways });

/** A change in named parts. Outside a transaction they run one after the other. */
export const inPhases = (...phases: readonly Phase[]): InPhases => ({ phases });

/**
 * Runs one after the other and stops at the first that fails (POSIX turns `set -e` off in such places, so `&&`). An empty
 * list is none in POSIX, hence the colon.
 */
const inOrder = (scripts: readonly Script[]): Script => joined(scripts, (text) => `{\n:\n${text}\n}`, ' &&\n');

const ways = (make: Make): readonly Way[] => {
  if ('text' in make) return [{ title: '', can: always, make }];
  if ('firstOf' in make) return make.firstOf;
  const parts = 'phases' in make ? make.phases.map((phase) => phase.run) : make;
  return [{ title: '', can: always, make: inOrder(parts) }];
};

/** What a step wants to read: one line, or a record that is written as `key=value` lines in this order. */
export type Want = string | Readonly<Record<string, string>>;

/** The shell takes newlines from the end of what it reads, so none can be wanted there. */
const wantText = (want: Want): string =>
  typeof want === 'string'
    ? want.replace(/\n+$/, '')
    : Object.entries(want)
        .map(([key, value]) => `${key}=${value}`)
        .join('\n');

export interface StepInput {
  /** Prints one canonical line or a record; changes nothing. Status 75 means "not yet knowable", with the reason printed. */
  readonly read: Script;
  readonly want: Want;
  readonly make: Make;
  readonly sends?: readonly {
    readonly from: Send['from'];
    readonly remote: string;
    readonly mode?: string;
    readonly sha256?: string;
  }[];
  readonly brings?: readonly Bring[];
  readonly undo?: Script;
  /** How long reading may take to give what is wanted after `make`: `30s`. */
  readonly within?: string;
  /** How long all of it may take, `2h`; an hour and `within` unless said. Then whatever it started on the host is ended. */
  readonly limit?: string;
  /** The change reboots the host, which has so long to come back and to read as wanted: `15m`. */
  readonly reboots?: string;
  /** Files of the host that tell of the change, copied into the run's own directory whichever way it ends. */
  readonly logs?: readonly Fetch[];
  /** What is told of a failure whose output has such a line. */
  readonly explains?: readonly Explanation[];
  /** Text files that `make` writes; `plan --diff` shows what that changes. */
  readonly writes?: readonly Writes[];
  readonly note?: string;
}

/** Something that should be true of a host, how to see it, and how to make it so. */
export const step = (title: string, input: StepInput): Step => ({
  kind: 'step',
  title,
  tags: [],
  read: input.read,
  want: wantText(input.want),
  ways: ways(input.make),
  phases: typeof input.make === 'object' && 'phases' in input.make ? input.make.phases : [],
  sends: (input.sends ?? []).map((send) => ({
    from: send.from,
    remote: send.remote,
    mode: send.mode ?? '0644',
    sha256: send.sha256 ?? null,
  })),
  brings: input.brings ?? [],
  undo: input.undo ?? null,
  withinMs: parseDuration(input.within ?? '0s', title),
  limitMs:
    input.limit === undefined
      ? stepLimitMs + parseDuration(input.within ?? '0s', title)
      : parseDuration(input.limit, title),
  rebootMs: input.reboots === undefined ? null : parseDuration(input.reboots, title),
  logs: input.logs ?? [],
  explains: input.explains ?? [],
  writes: input.writes ?? [],
  note: input.note ?? null,
});

/**
 * Waits until reading gives what is wanted, and fails when it has not within the time. Never changes the host. One that
 * wants `yes` may print in a sentence what is wrong instead: that is told as it stands.
 */
export const verify = (
  title: string,
  input: {
    readonly read: Script;
    readonly want: Want;
    readonly within?: string;
    readonly fetches?: readonly Fetch[];
  },
): Verify => ({
  kind: 'verify',
  title,
  tags: [],
  read: input.read,
  want: wantText(input.want),
  withinMs: parseDuration(input.within ?? '0s', title),
  limitMs: readLimitMs + parseDuration(input.within ?? '0s', title),
  fetches: input.fetches ?? [],
});

/**
 * Checks that are made on another host about this one: that its guest answers from there, say. That host, named as in the
 * inventory, is only read, over a connection of its own, and is not changed meanwhile.
 */
export const on = (host: string, ...nodes: readonly Verify[]): On => ({
  kind: 'on',
  title: `on ${host}: ${nodes.map(({ title }) => title).join(', ')}`,
  tags: [],
  host,
  nodes,
});

/** A heading over some nodes. */
export const group = (title: string, ...nodes: readonly Node[]): Group => ({ kind: 'group', title, tags: [], nodes });

/** `before`, the body, then `after` always, whatever happens; nothing when the body has nothing to do. */
export const around = (
  title: string,
  edges: { readonly before: Script; readonly after: Script },
  ...nodes: readonly Node[]
): Around => ({
  kind: 'around',
  title,
  tags: [],
  before: edges.before,
  after: edges.after,
  nodes,
});

/** Promises that what `read` prints is the same before and after the body; inside a transaction. */
export const unchanged = (
  title: string,
  input: { readonly read: Script; readonly readAfterReboot?: Script; readonly save?: Script; readonly end?: Script },
  ...nodes: readonly Node[]
): Unchanged => ({
  kind: 'unchanged',
  title,
  tags: [],
  read: input.read,
  readAfterReboot: input.readAfterReboot ?? input.read,
  save: input.save ?? always,
  end: input.end ?? always,
  nodes,
});

/**
 * All of it or nothing, and the host sees to that by itself, with or without us.
 * @param limits `confirm`: it undoes itself unless we come back over a new connection within this time after it is done.
 * `deadline`: it undoes itself when the change has taken this long.
 */
export const transaction = (
  title: string,
  limits: { readonly confirm: string; readonly deadline: string },
  ...nodes: readonly Node[]
): Transaction => ({
  kind: 'transaction',
  title,
  tags: [],
  confirmMs: parseDuration(limits.confirm, title),
  deadlineMs: parseDuration(limits.deadline, title),
  nodes,
});

/** Probes the traffic to the host's guest (inventory variables `probe_from`, `probe_to`) while the body runs. */
export const trafficWatched = (limits: { readonly maxGap: string }, ...nodes: readonly Node[]): Watched => ({
  kind: 'watched',
  title: `longest gap ≤ ${limits.maxGap}`,
  tags: [],
  maxGapMs: parseDuration(limits.maxGap, 'maxGap'),
  nodes,
});

/**
 * The node with words that `--tags` and `--skip-tags` select by. As in Ansible `always` is selected unless it is skipped by
 * name, and `never` only by another word of the same node. Throws for a word with a blank or a comma in it.
 */
export const tagged = <N extends Node>(tags: string | readonly string[], node: N): N => ({
  ...node,
  tags: [...node.tags, ...tagList(tags, node.title)],
});
