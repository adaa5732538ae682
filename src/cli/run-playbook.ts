import { join, relative, resolve } from 'node:path';
import { createBus } from '../events/index.ts';
import { type RunInput, runPlaybook } from '../execute/index.ts';
import { type Progress, planOfRun, runId, writePlan } from '../journal/index.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { isEverything } from '../model/selection.ts';
import { accessTo } from './access-to.ts';
import { digests, localFile, systemClock } from './adapters.ts';
import { stepAsker } from './ask-step.ts';
import { refuseStale } from './by-plan.ts';
import { hostLock } from './host-lock.ts';
import { listenForInterrupts } from './interrupts.ts';
import { openRun } from './open-run.ts';
import { terminalOperator } from './operator.ts';
import { lookFor } from './options.ts';
import { version } from './package-root.ts';
import { checkPaperwork, goingBy } from './paperwork.ts';
import { reportEnded } from './reports.ts';
import { runControls } from './run-controls.ts';
import type { RunFlags } from './run-flags.ts';
import { openRecord } from './run-record.ts';
import { planScreen, runScreen, type Screen } from './screen.ts';
import { services } from './session.ts';

/** A path as one would type it: relative below here, whole elsewhere. */
const shortest = (path: string): string =>
  relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path);

/** What a run goes on from, or by: nothing, for most. */
export interface Beginning {
  /** The run that this one goes on with. */
  readonly resumed: Progress | null;
  /** The plan that says all that it may do. */
  readonly plan: PlanDocument | null;
}

/** Runs or plans a playbook. */
export const execute = async (flags: RunFlags, { resumed, plan }: Beginning): Promise<ExitCode> => {
  const look = lookFor(flags.color, process.stdout);
  const { fleet, selected, head, hosts, warnings: said } = await openRun(flags, look);
  const { playbook: resolved } = selected;
  if (plan !== null) refuseStale(plan, head);
  const mode = flags.check ? 'check' : 'apply';
  const { controls, warnings } = await runControls({ fleet, playbook: resolved, hosts, mode, flags: flags.change });

  const access = await accessTo(flags.access, hosts);
  for (const problem of access.ssh.warnings())
    process.stderr.write(`warning: ${problem.message}\n  ${look.glyphs.arrow} ${problem.remedy}\n`);
  const store = resolve(flags.store ?? resumed?.started.store ?? join(fleet.directory, '.ovsfleet', 'artifacts'));
  const id = runId(systemClock.now(), Math.random);
  const screen: Screen = flags.check ? planScreen({ ...flags, look }) : runScreen({ ...flags, look });
  const record = flags.check
    ? null
    : await openRecord(fleet.directory, id, (problem) => {
        bus.emit({ type: 'warning', host: null, problem });
        interrupts.windDown(problem);
      });
  const started = { id, title: resolved.title, madeAt: systemClock.now(), store, fleet: fleet.directory };
  const papers =
    plan === null
      ? checkPaperwork(flags, started, head, { ...digests, hide: access.secrets.hide })
      : goingBy(plan, resumed === null ? 'planned' : 'resumed', { ...digests, hide: access.secrets.hide });
  const sinks = [...(record === null ? [] : [record.sink]), screen, ...papers.sinks];
  const bus = createBus({ run: id, clock: systemClock, sinks, hide: access.secrets.hide });
  const interrupts = listenForInterrupts((times) => bus.emit({ type: 'run.interrupted', times }));
  let reports: readonly string[] = [];
  try {
    if (record !== null && plan !== null) await writePlan(planOfRun(record.directory), plan);
    bus.emit({
      type: 'run.started',
      title: resolved.title,
      playbook: flags.playbook,
      inventory: flags.inventory,
      params: resolved.params,
      limit: flags.limit ?? null,
      mode,
      plays: resolved.plays.map((play) => play.title),
      hosts: [...new Set(hosts.map((host) => host.name))],
      version,
      resumes: resumed?.run ?? null,
      store,
      plan: plan?.id ?? null,
    });
    if (!isEverything(flags.selection)) bus.emit({ type: 'run.selected', selection: flags.selection });
    if (flags.again.length > 0) bus.emit({ type: 'run.reached', flags: flags.again });
    if (flags.change.ticket !== null) bus.emit({ type: 'run.ticket', ticket: flags.change.ticket });
    for (const problem of [...said, ...warnings]) bus.emit({ type: 'warning', host: null, problem });
    const cutOff = record?.cutOff ?? null;
    if (cutOff !== null && cutOff.run !== resumed?.run)
      bus.emit({ type: 'warning', host: null, problem: cutOff.problem });
    const input: RunInput = {
      playbook: resolved,
      select: fleet.select,
      selectAll: fleet.selectAll,
      hostNamed: (name) => fleet.inventory.hosts.get(name),
      mode,
      forks: flags.forks,
      pinned: resumed?.facts ?? new Map(),
      oversight: papers.oversight,
      localFile: flags.diff ? localFile : null,
      controls: {
        ...controls,
        selection: selected,
        askStep:
          flags.change.eachStep === 'ask'
            ? stepAsker(terminalOperator, {
                look,
                columns: () => process.stderr.columns ?? 100,
                hide: access.secrets.hide,
              })
            : null,
      },
      services: services(
        id,
        bus,
        store,
        await hostLock(fleet.directory, resumed, flags.stealLock ? 'steal' : 'refuse'),
        record?.directory ?? fleet.directory,
        access,
      ),
      interrupts,
    };
    const code = await runPlaybook(input);
    await bus.flushed();
    // What cannot be read again has no report, and is not over.
    if (record !== null && record.failure() !== null) return code === exitCodes.ok ? exitCodes.paused : code;
    reports = record === null ? await papers.finish(code) : await reportEnded(record.directory, bus);
    return code;
  } finally {
    interrupts.dispose();
    screen.close(reports.map(shortest));
    await record?.close();
  }
};
