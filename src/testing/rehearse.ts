import { createHash, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { openStore } from '../artifacts/index.ts';
import { createBus, memorySink, type Sink } from '../events/index.ts';
import {
  type Controls,
  type HostLock,
  type Interrupts,
  keepConnections,
  runPlaybook,
  uncontrolled,
} from '../execute/index.ts';
import type { Stamped } from '../model/event.ts';
import type { ExitCode } from '../model/exit-code.ts';
import type { Facts } from '../model/facts.ts';
import type { Host, Value } from '../model/host.ts';
import type { Clock } from '../model/ports.ts';
import { type LocalFile, type Oversight, unsupervised } from '../plan/index.ts';
import type { Playbook } from '../playbook/index.ts';
import { type LibrarySource, secretBook } from '../shell/index.ts';
import { hastyClock } from './fake-clock.ts';
import type { FakeFleet } from './fake-fleet.ts';

export interface Rehearsal {
  readonly code: ExitCode;
  readonly events: readonly Stamped[];
}

export interface RehearsalOptions {
  readonly params?: Readonly<Record<string, Value>>;
  readonly mode?: 'apply' | 'check';
  readonly clock?: Clock;
  /** Where builds are kept; needed by playbooks that build. */
  readonly store?: string;
  /** Where files are put that are fetched from hosts, below the names of those; needed by playbooks that fetch. */
  readonly fetched?: string;
  /** In whose name hosts are changed, where it is not the same tester's as ever. */
  readonly lock?: Partial<HostLock>;
  /** Names of the hosts that the run is limited to. */
  readonly limit?: readonly string[];
  readonly pinned?: ReadonlyMap<string, Facts>;
  /** Reads what would be sent, to show what that changes. */
  readonly localFile?: LocalFile;
  /** Who sees what is about to be done, and may say no. */
  readonly oversight?: Oversight;
  /** What the site and the operator say of the run. */
  readonly controls?: Partial<Controls>;
  readonly interrupts?: Interrupts;
  /** How many connections are kept for the next play. */
  readonly keep?: number;
  /** Who listens, too; may act on what it hears. */
  readonly sink?: Sink;
  /** Shell text that is put behind a library of templates/host, to take the place of functions in it. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** A directory that nobody can make: what is kept or fetched though nobody said where is a mistake of the test. */
const nowhere = '/dev/null/ovsfleet-rehearsal';

const libraries =
  (instead: Readonly<Record<string, string>>): LibrarySource =>
  (name) =>
    `${readFileSync(new URL(`../../templates/host/${name}.sh`, import.meta.url), 'utf8')}\n${instead[name] ?? ''}`;

/** Hosts by name or group, `all`, or several of these between colons. */
const matching = (hosts: readonly Host[], pattern: string): readonly Host[] => {
  const words = pattern.split(':');
  return hosts.filter((host) => words.some((word) => ['all', host.name, ...host.groups].includes(word)));
};

let runs = 0;

/** Runs a playbook over a fake fleet as `ovsfleet run` would, and gives what happened. */
export const rehearse = async (
  fleet: FakeFleet,
  playbook: Playbook,
  options: RehearsalOptions = {},
): Promise<Rehearsal> => {
  const { clock = hastyClock(), mode = 'apply', limit } = options;
  runs += 1;
  const run = `rehearsal-${runs}`;
  const sink = memorySink();
  const bus = createBus({ run, clock, sinks: options.sink === undefined ? [sink] : [sink, options.sink] });
  const never = new AbortController().signal;
  setMaxListeners(0, never);
  const given = Object.entries(options.params ?? {}).map(([name, value]) => [name, { value, from: 'test' }] as const);
  const code = await runPlaybook({
    playbook: playbook.resolve(Object.fromEntries(given)),
    select: (pattern) => matching(fleet.hosts, pattern).filter(({ name }) => limit?.includes(name) ?? true),
    selectAll: (pattern) => matching(fleet.hosts, pattern),
    hostNamed: (name) => fleet.hosts.find((host) => host.name === name),
    mode,
    forks: 10,
    pinned: options.pinned ?? new Map(),
    oversight: options.oversight ?? unsupervised,
    localFile: options.localFile ?? null,
    controls: { ...uncontrolled, ...options.controls },
    interrupts: options.interrupts ?? { wind: never, abort: never },
    services: {
      bus,
      clock,
      run,
      lock: { owner: 'tester@controller:/fleet', earlier: [], whenTaken: 'refuse', ...options.lock },
      connections: keepConnections(fleet.transport, options.keep ?? 10),
      libraries: libraries(options.instead ?? {}),
      store: openStore(options.store ?? nowhere),
      fetchedTo: (host, path) => `${options.fetched ?? nowhere}/${host}/${path}`,
      secrets: secretBook(),
      nonce: () => randomBytes(8).toString('hex'),
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      fileDigest: async (file) =>
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
    },
  });
  return { code, events: sink.events };
};
