import { join, relative, resolve } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { createBus, type Sink } from '../../events/index.ts';
import { type RunInput, runPlaybook } from '../../execute/index.ts';
import {
  findRun,
  foldProgress,
  newRunDirectory,
  openJournal,
  type Progress,
  readJournal,
  runId,
} from '../../journal/index.ts';
import type { ExitCode } from '../../model/exit-code.ts';
import { systemClock } from '../adapters.ts';
import { type Fleet, openFleet } from '../fleet.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { fleetOptions, lookFor, outputOptions } from '../options.ts';
import { version } from '../package-root.ts';
import { givenParams } from '../params.ts';
import { openPlaybook } from '../playbook-file.ts';
import { reportRun } from '../reports.ts';
import { planScreen, runScreen, type Screen } from '../screen.ts';
import { services } from '../session.ts';

export interface RunFlags {
  readonly playbook: string;
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly user: string;
  readonly forks: number;
  readonly extra: readonly string[];
  readonly store: string | undefined;
  readonly check: boolean;
  readonly typeCheck: boolean;
  readonly verbose: number;
  readonly json: boolean;
  readonly color: boolean | undefined;
}

const storeOption = <T>(yargs: Argv<T>) =>
  yargs.option('store', {
    type: 'string',
    nargs: 1,
    describe: 'Where builds are kept; .ovsfleet/artifacts beside the inventory unless said',
  });

const options = <T>(yargs: Argv<T>) =>
  storeOption(outputOptions(fleetOptions(yargs)))
    .positional('playbook', { type: 'string', demandOption: true, describe: 'A playbook, e.g. playbooks/upgrade.ts' })
    .option('extra', {
      alias: ['e', 'extra-vars'],
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'A parameter: NAME=VALUE, a JSON object, or @FILE',
    })
    .option('type-check', {
      type: 'boolean',
      default: true,
      describe: 'Check the playbook with TypeScript before it runs',
    })
    .option('allow-disruption', {
      type: 'boolean',
      default: false,
      describe: 'Swap hosts too whose traffic cannot be kept',
    })
    .option('diff', {
      alias: 'D',
      type: 'boolean',
      default: false,
      describe: 'Show before → after of each change as it is made',
    });

interface Journaled {
  readonly sink: Sink;
  readonly directory: string;
  readonly close: () => Promise<void>;
}

const journalFor = async (fleet: Fleet, id: string): Promise<Journaled> => {
  const directory = await newRunDirectory(fleet.directory, id);
  const journal = await openJournal(directory);
  return { sink: journal, directory, close: () => journal.close() };
};

/** A path as one would type it: relative below here, whole elsewhere. */
const shortest = (path: string): string =>
  relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path);

/** Runs or plans a playbook; `resumed` is the run that this one goes on with. */
export const execute = async (flags: RunFlags, resumed: Progress | null): Promise<ExitCode> => {
  const look = lookFor(flags.color, process.stdout);
  const fleet = await openFleet(flags);
  for (const problem of fleet.inventory.diagnostics)
    process.stderr.write(`warning: ${problem.message}\n  ${look.glyphs.arrow} ${problem.remedy}\n`);
  const playbook = await openPlaybook(flags.playbook, flags.typeCheck);
  const resolved = playbook.resolve(await givenParams(flags.extra, fleet.inventory, playbook.params));
  // Patterns are tried before anything is connected to or written.
  const hosts = resolved.plays.flatMap((play) =>
    fleet.select(play.hosts.kind === 'pattern' ? play.hosts.pattern : play.hosts.for),
  );

  const store = resolve(flags.store ?? resumed?.started.store ?? join(fleet.directory, '.ovsfleet', 'artifacts'));
  const id = runId(systemClock.now(), Math.random);
  const screen: Screen = flags.check ? planScreen({ ...flags, look }) : runScreen({ ...flags, look });
  const journal = flags.check ? null : await journalFor(fleet, id);
  const bus = createBus({ run: id, clock: systemClock, sinks: journal === null ? [screen] : [journal.sink, screen] });
  const interrupts = listenForInterrupts((times) => bus.emit({ type: 'run.interrupted', times }));
  let reports: readonly string[] = [];
  try {
    bus.emit({
      type: 'run.started',
      title: resolved.title,
      playbook: flags.playbook,
      inventory: flags.inventory,
      params: resolved.params,
      limit: flags.limit ?? null,
      mode: flags.check ? 'check' : 'apply',
      plays: resolved.plays.map((play) => play.title),
      hosts: [...new Set(hosts.map((host) => host.name))],
      version,
      resumes: resumed?.run ?? null,
      store,
    });
    const input: RunInput = {
      playbook: resolved,
      select: fleet.select,
      selectAll: fleet.selectAll,
      hostNamed: (name) => fleet.inventory.hosts.get(name),
      mode: flags.check ? 'check' : 'apply',
      forks: flags.forks,
      pinned: resumed?.facts ?? new Map(),
      services: services(id, bus, store),
      interrupts,
    };
    const code = await runPlaybook(input);
    await bus.flushed();
    if (journal !== null) reports = await reportRun(journal.directory);
    return code;
  } finally {
    interrupts.dispose();
    screen.close(reports.map(shortest));
    await journal?.close();
  }
};

export const runCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'run <playbook>',
  describe: 'Run a playbook over the hosts of an inventory',
  builder: (yargs) =>
    options(yargs).option('check', {
      alias: 'C',
      type: 'boolean',
      default: false,
      describe: 'Say what it would do and change nothing; exit 5 when there is something',
    }),
  handler: async (argv) => ended(await execute(flagsOf(argv), null)),
});

export const planCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'plan <playbook>',
  describe: 'Say what a playbook would do; the same as run --check',
  builder: (yargs) => options(yargs),
  handler: async (argv) => ended(await execute({ ...flagsOf(argv), check: true }, null)),
});

export const resumeCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'resume [run]',
  describe: 'Go on with a run that was cut off, paused, or left hosts behind',
  builder: (yargs) =>
    storeOption(outputOptions(fleetOptions(yargs))).positional('run', {
      type: 'string',
      default: 'latest',
      describe: 'Its id, a part of it, or "latest"',
    }),
  handler: async (argv) => {
    const flags = flagsOf({ ...argv, playbook: '' });
    const fleet = await openFleet(flags);
    const found = await findRun(fleet.directory, String(argv['run']));
    const progress = foldProgress((await readJournal(found.directory)).events);
    const { started } = progress;
    ended(
      await execute(
        {
          ...flags,
          playbook: started.playbook,
          limit: flags.limit ?? started.limit ?? undefined,
          extra: [JSON.stringify(started.params)],
          typeCheck: false,
        },
        progress,
      ),
    );
  },
});

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** yargs' parsed flags, as what they are. */
const flagsOf = (argv: Readonly<Record<string, unknown>>): RunFlags => ({
  playbook: text(argv['playbook']) ?? '',
  inventory: texts(argv['inventory']),
  limit: text(argv['limit']),
  user: text(argv['user']) ?? '',
  forks: Number(argv['forks'] ?? 20),
  extra: [...texts(argv['extra']), ...(argv['allowDisruption'] === true ? ['allow_disruption=yes'] : [])],
  store: text(argv['store']),
  check: argv['check'] === true,
  typeCheck: argv['typeCheck'] !== false,
  verbose: Number(argv['verbose'] ?? 0) + (argv['diff'] === true ? 1 : 0),
  json: argv['json'] === true,
  color: typeof argv['color'] === 'boolean' ? argv['color'] : undefined,
});
