import { resolve } from 'node:path';
import { planOfRun, readPlan, type readProgress } from '../journal/index.ts';
import { FleetError } from '../model/error.ts';
import type { PlanDocument } from '../model/plan-document.ts';
import { isEverything, selectionText } from '../model/selection.ts';
import { headDifferences, type PlanHead } from '../plan/index.ts';
import type { RunFlags } from './run-flags.ts';

/** What a run goes by: its flags, and the plan that says all it may do, if there is one. */
export interface Approved {
  readonly flags: RunFlags;
  readonly plan: PlanDocument | null;
}

const otherwise = (file: string, what: string): FleetError =>
  new FleetError({
    code: 'plan.other',
    message: `${file} was made ${what}.`,
    remedy: 'Leave that out to do what the plan says, or make another plan: ovsfleet plan … --out FILE',
    facts: { file },
  });

/**
 * The flags of a run that goes by a plan: playbook, parameters, limit and store are the plan's, and so is the inventory
 * unless one is given. Throws `plan.other` when a flag says otherwise than the plan.
 */
export const flagsByPlan = (file: string, plan: PlanDocument, flags: RunFlags): RunFlags => {
  if (flags.playbook !== '' && resolve(flags.playbook) !== plan.playbook)
    throw otherwise(file, `for ${plan.playbook}, not for ${flags.playbook}`);
  if (flags.extra.length > 0) throw otherwise(file, 'with its own parameters, and -e would change them');
  if (flags.limit !== undefined && flags.limit !== plan.limit)
    throw otherwise(file, plan.limit === null ? 'without --limit' : `with --limit '${plan.limit}'`);
  if (!isEverything(flags.selection) && selectionText(flags.selection) !== selectionText(plan.selection))
    throw otherwise(
      file,
      isEverything(plan.selection) ? 'for the whole playbook' : `with ${selectionText(plan.selection)}`,
    );
  return {
    ...flags,
    playbook: plan.playbook,
    selection: plan.selection,
    inventory: flags.inventory.length > 0 ? flags.inventory : plan.inventory,
    limit: plan.limit ?? undefined,
    extra: [JSON.stringify(plan.params)],
    store: flags.store ?? plan.store,
  };
};

/** What `run` goes by: with `--plan`, the plan. */
export const approvedBy = async (flags: RunFlags): Promise<Approved> => {
  if (flags.plan === undefined) return { flags, plan: null };
  const plan = await readPlan(flags.plan);
  return { flags: flagsByPlan(flags.plan, plan, flags), plan };
};

/** What a resumed run went by. Throws when its plan is gone: without it, it may not go on. */
export const planOfResumed = async (
  directory: string,
  { run, started }: Awaited<ReturnType<typeof readProgress>>,
): Promise<PlanDocument | null> => {
  if (started.plan === null) return null;
  const file = planOfRun(directory);
  const plan = await readPlan(file);
  if (plan.id === started.plan) return plan;
  throw new FleetError({
    code: 'plan.other',
    message: `Run ${run} went by plan ${started.plan}, but ${file} is plan ${plan.id}.`,
    remedy: `Put the plan of that run back, or plan anew: ovsfleet plan ${started.playbook} --out FILE`,
    facts: { run, file },
  });
};

/** Refuses a plan that no longer is about the same playbook, parameters and programs. Throws `plan.stale`. */
export const refuseStale = (plan: PlanDocument, now: PlanHead): void => {
  const differences = headDifferences(plan, now);
  if (differences.length === 0) return;
  throw new FleetError({
    code: 'plan.stale',
    message: `Plan ${plan.id} cannot be done any more: ${differences.join('; ')}.`,
    remedy: `Nothing was done. Plan again, and look at what is new: ovsfleet plan ${plan.playbook} … --out FILE`,
    facts: { plan: plan.id },
  });
};
