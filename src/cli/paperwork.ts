import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { memorySink, type Sink } from '../events/index.ts';
import { writePlan } from '../journal/index.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { type PlanDocument, planFormat } from '../model/plan-document.ts';
import { approval, type Digests, type Oversight, type PlanHead, planRecorder, unsupervised } from '../plan/index.ts';
import { foldReport, writeReports } from '../report/index.ts';
import type { RunFlags } from './run-flags.ts';

/** What is written down of a run or a check besides its journal, and by what it goes. */
export interface Paperwork {
  readonly oversight: Oversight;
  /** Hear what happens, after the journal. */
  readonly sinks: readonly Sink[];
  /** Writes what there is to write when all is over; the paths of it. */
  readonly finish: (code: ExitCode) => Promise<readonly string[]>;
}

const none: Paperwork = { oversight: unsupervised, sinks: [], finish: async () => [] };

/** A plan file for `plan --out`. One that an interrupt cut short is not written: it would leave hosts out in silence. */
const planFile = (file: string, base: Omit<PlanDocument, 'hosts' | 'scripts'>, digests: Digests): Paperwork => {
  const recorder = planRecorder(digests);
  return {
    oversight: recorder.oversight,
    sinks: [{ name: 'plan file', accept: recorder.accept }],
    finish: async (code) => {
      if (code === exitCodes.interrupted) return [];
      await writePlan(file, { ...base, ...recorder.recorded() });
      return [file];
    },
  };
};

/** The reports of a check: who conforms, who drifts and in what. */
const conformance = (directory: string): Paperwork => {
  const sink = memorySink();
  return {
    ...none,
    sinks: [sink],
    finish: async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return await writeReports(directory, foldReport(sink.events));
    },
  };
};

const both = (one: Paperwork, other: Paperwork): Paperwork => ({
  oversight: one.oversight,
  sinks: [...one.sinks, ...other.sinks],
  finish: async (code) => [...(await one.finish(code)), ...(await other.finish(code))],
});

/** What a check writes: the plan that `--out` asks for, the reports that `--report` does. */
export const checkPaperwork = (
  { out, report, reportTo, playbook, inventory, limit, selection }: RunFlags,
  about: {
    readonly id: string;
    readonly title: string;
    readonly madeAt: number;
    readonly store: string;
    readonly fleet: string;
  },
  head: PlanHead,
  digests: Digests,
): Paperwork => {
  const { id, title, madeAt, store, fleet } = about;
  const absolute = inventory.map((path) => (path.includes(',') ? path : resolve(path)));
  const base: Omit<PlanDocument, 'hosts' | 'scripts'> = {
    ...{ format: planFormat, id, title, madeAt, playbook: resolve(playbook), inventory: absolute },
    limit: limit ?? null,
    selection,
    ...head,
    store,
  };
  const directory = reportTo ?? (report ? join(fleet, '.ovsfleet', 'plans', id) : null);
  return both(
    out === undefined ? none : planFile(out, base, digests),
    directory === null ? none : conformance(directory),
  );
};

/** What a run writes and heeds that goes by a plan. */
export const goingBy = (plan: PlanDocument, since: 'planned' | 'resumed', digests: Digests): Paperwork => ({
  ...none,
  oversight: approval(plan, since, `ovsfleet plan ${plan.playbook} … --out FILE`, digests),
});
