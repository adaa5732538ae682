import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../../src/lab/index.ts';
import type { Stamped } from '../../../src/model/event.ts';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Builds outlive labs: a release is compiled once on a machine. */
export const sharedStore = '/var/cache/ovsfleet-lab/store';

export type EventOf<T extends Stamped['type']> = Extract<Stamped, { readonly type: T }>;

/** The events of one type. */
export const eventsOf = <T extends Stamped['type']>(events: readonly Stamped[], type: T): readonly EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

/** How the last play that a host took part in ended for it, by host. */
export const outcomes = (events: readonly Stamped[]): Readonly<Record<string, string>> =>
  Object.fromEntries(eventsOf(events, 'host.finished').map(({ host, outcome }) => [host, outcome]));

/** Why a host stopped: the last that was told of it. */
export const reasonOf = (events: readonly Stamped[], host: string): string =>
  eventsOf(events, 'host.finished')
    .filter((event) => event.host === host)
    .at(-1)?.problem?.message ?? '';

/** What a host wrote of a transaction that did not end well. */
export const logOf = (events: readonly Stamped[], host: string): string =>
  eventsOf(events, 'transaction.log')
    .filter((event) => event.host === host)
    .map(({ text }) => text)
    .join('\n');

const isStamped = (value: unknown): value is Stamped =>
  typeof value === 'object' && value !== null && 'type' in value && 'seq' in value && 'run' in value;

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly events: readonly Stamped[];
  /** All it printed that is no event. */
  readonly said: string;
  readonly stderr: string;
}

/** The product at work, as an operator's own process. */
export interface Running {
  readonly events: readonly Stamped[];
  /** The first event, past or to come, that fits. Rejects when the program ends before, or after `limitMs`. */
  waitFor(what: string, fits: (event: Stamped) => boolean, limitMs?: number): Promise<Stamped>;
  kill(signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Its process. */
  readonly pid: number;
  ended(): Promise<Ended>;
}

/** Hosts' own inventory variables. */
export type HostVars = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A directory with an inventory, from which ovsfleet is called: what an operator's laptop would be. */
export interface Controller {
  readonly directory: string;
  readonly inventory: string;
  start(args: readonly string[]): Running;
  run(args: readonly string[]): Promise<Ended>;
  /** Forgets all runs, as another operator on another machine would know of none. */
  forget(): Promise<void>;
}

const limitMs = 420_000;

const follow = (child: ChildProcess, withinMs: number): Running => {
  const events: Stamped[] = [];
  const listeners = new Set<() => void>();
  let said = '';
  let stderr = '';
  let rest = '';
  let over = false;
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const take = (line: string): void => {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // Not an event: a sentence for a person.
    }
    if (isStamped(value)) events.push(value);
    else said += `${line}\n`;
  };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    tell();
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const closed = once(child, 'close').then(([code]: readonly unknown[]) => {
    clearTimeout(timer);
    over = true;
    if (rest !== '') take(rest);
    tell();
    return typeof code === 'number' ? code : null;
  });
  const lastWords = (): string =>
    `${said}${stderr}${events
      .filter(
        (event, at) => at >= events.length - 3 || event.type === 'host.finished' || event.type === 'transaction.log',
      )
      .map((event) => JSON.stringify(event))
      .join('\n')}`;
  return {
    events,
    waitFor: (what, fits, withinMs = 120_000) =>
      new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(patience);
          listeners.delete(look);
        };
        const look = (): void => {
          const found = events.find(fits);
          if (found !== undefined) {
            done();
            resolve(found);
          } else if (over) {
            done();
            reject(new Error(`ovsfleet ended before ${what}:\n${lastWords()}`));
          }
        };
        const patience = setTimeout(() => {
          done();
          reject(new Error(`waited ${withinMs / 1000} s for ${what}:\n${lastWords()}`));
        }, withinMs);
        listeners.add(look);
        look();
      }),
    // `ip netns exec` is replaced by the program, so the signal meets ovsfleet itself.
    kill: (signal) => {
      child.kill(signal);
    },
    pid: child.pid ?? 0,
    ended: async () => ({ code: await closed, events, said, stderr }),
  };
};

/** The commands that make or use builds. */
const storeFlag = (verb: string, store: string): readonly string[] =>
  ['run', 'plan', 'resume'].includes(verb) ? ['--store', store] : [];

/** Sets variables of hosts in a lab's inventory: a host's entry is a line with its name and the deeper ones after it. */
const withVars = (inventory: string, vars: HostVars): string =>
  Object.entries(vars).reduce((text, [host, values]) => {
    const entry = new RegExp(`^    ${host}:\\n((?:      .*\\n)+)`, 'm');
    if (!entry.test(text)) throw new Error(`the lab's inventory has no entry for ${host}`);
    return text.replace(entry, (_, lines: string) => {
      const kept = lines.split('\n').filter((line) => !Object.keys(values).includes(line.trim().split(':')[0] ?? ''));
      const set = Object.entries(values).map(([name, value]) => `      ${name}: ${JSON.stringify(value)}\n`);
      return `    ${host}:\n${set.join('')}${kept.join('\n')}`;
    });
  }, inventory);

/** Where a controller works from: a lab, or whatever else has hosts. */
export type Ground = Pick<Lab, 'directory' | 'inventoryFile' | 'spawn'>;

/**
 * A controller of its own in a lab, with the lab's inventory.
 * @param store where builds are kept; the machine's shared one unless told
 */
export const controller = async (
  lab: Ground,
  name: string,
  options: { readonly vars?: HostVars; readonly store?: string; readonly limitMs?: number } = {},
): Promise<Controller> => {
  const directory = join(lab.directory, 'controllers', name);
  const inventory = join(directory, 'inventory.yaml');
  const store = options.store ?? sharedStore;
  await mkdir(directory, { recursive: true });
  await writeFile(inventory, withVars(await readFile(lab.inventoryFile, 'utf8'), options.vars ?? {}));
  const start = ([verb = '', ...args]: readonly string[]): Running =>
    follow(
      lab.spawn([process.execPath, main, verb, '-i', inventory, '--json', ...storeFlag(verb, store), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        cwd: root,
      }),
      options.limitMs ?? limitMs,
    );
  return {
    directory,
    inventory,
    start,
    run: (args) => start(args).ended(),
    forget: () => rm(join(directory, '.ovsfleet', 'runs'), { recursive: true, force: true }),
  };
};
