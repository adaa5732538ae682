import { join, relative, resolve } from 'node:path';
import { createBus } from '../events/index.ts';
import { type RunInput, runPlaybook, uncontrolled } from '../execute/index.ts';
import { type Progress, runId } from '../journal/index.ts';
import type { ExitCode } from '../model/exit-code.ts';
import { unsupervised } from '../plan/index.ts';
import { systemClock } from './adapters.ts';
import { withEarlierRuns } from './earlier-run.ts';
import { openFleet } from './fleet.ts';
import { listenForInterrupts } from './interrupts.ts';
import { lookFor } from './options.ts';
import { version } from './package-root.ts';
import { givenParams } from './params.ts';
import { openPlaybook } from './playbook-file.ts';
import { reportRun } from './reports.ts';
import type { RunFlags } from './run-flags.ts';
import { openRecord } from './run-record.ts';
import { planScreen, runScreen, type Screen } from './screen.ts';
import { services } from './session.ts';

/** A path as one would type it: relative below here, whole elsewhere. */
const shortest = (path: string): string =>
  relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path);

/** Runs or plans a playbook; `resumed` is the run that this one goes on with. */
export const execute = async (flags: RunFlags, resumed: Progress | null): Promise<ExitCode> => {
  const look = lookFor(flags.color, process.stdout);
  const fleet = await openFleet(flags);
  for (const problem of fleet.inventory.diagnostics)
    process.stderr.write(`warning: ${problem.message}\n  ${look.glyphs.arrow} ${problem.remedy}\n`);
  const { playbook } = await openPlaybook(flags.playbook, flags.typeCheck);
  const given = await givenParams(flags.extra, fleet.inventory, playbook.params);
  const resolved = playbook.resolve(await withEarlierRuns(given, playbook.params, fleet.directory));
  // Patterns are tried before anything is connected to or written.
  const hosts = resolved.plays.flatMap((play) =>
    fleet.select(play.hosts.kind === 'pattern' ? play.hosts.pattern : play.hosts.for),
  );

  const store = resolve(flags.store ?? resumed?.started.store ?? join(fleet.directory, '.ovsfleet', 'artifacts'));
  const id = runId(systemClock.now(), Math.random);
  const screen: Screen = flags.check ? planScreen({ ...flags, look }) : runScreen({ ...flags, look });
  const record = flags.check ? null : await openRecord(fleet.directory, id);
  const bus = createBus({ run: id, clock: systemClock, sinks: record === null ? [screen] : [record.sink, screen] });
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
    const cutOff = record?.cutOff ?? null;
    if (cutOff !== null && cutOff.run !== resumed?.run)
      bus.emit({ type: 'warning', host: null, problem: cutOff.problem });
    const input: RunInput = {
      playbook: resolved,
      select: fleet.select,
      selectAll: fleet.selectAll,
      hostNamed: (name) => fleet.inventory.hosts.get(name),
      mode: flags.check ? 'check' : 'apply',
      forks: flags.forks,
      pinned: resumed?.facts ?? new Map(),
      oversight: unsupervised,
      controls: uncontrolled,
      services: services(id, bus, store),
      interrupts,
    };
    const code = await runPlaybook(input);
    await bus.flushed();
    if (record !== null) reports = await reportRun(record.directory);
    return code;
  } finally {
    interrupts.dispose();
    screen.close(reports.map(shortest));
    await record?.close();
  }
};
