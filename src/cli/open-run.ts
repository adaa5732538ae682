import { join } from 'node:path';
import type { Problem } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { PlanHead } from '../plan/index.ts';
import { type ResolvedPlay, type Selected, selectPart } from '../playbook/index.ts';
import type { Look } from '../render/index.ts';
import { withEarlierRuns } from './earlier-run.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { givenParams } from './params.ts';
import { planHead } from './plan-head.ts';
import { openPlaybook } from './playbook-file.ts';
import type { RunFlags } from './run-flags.ts';
import { withSecrets } from './secret-params.ts';
import { withSources } from './source/with-sources.ts';

/** A playbook and the hosts that it is for, as flags say; nothing was connected to yet. */
export interface Opened {
  readonly fleet: Fleet;
  /** As far as it is selected. */
  readonly selected: Selected;
  readonly head: PlanHead;
  /** The hosts of each play, limited as the operator asked; of one that builds those that need what it builds. */
  readonly hostsOf: (play: Pick<ResolvedPlay, 'title'>) => readonly Host[];
  /** Those of all plays; one may be there twice. */
  readonly hosts: readonly Host[];
  /** What the run should tell of before it begins. */
  readonly warnings: readonly Problem[];
}

const patternOf = ({ hosts }: ResolvedPlay): string => (hosts.kind === 'pattern' ? hosts.pattern : hosts.for);

/**
 * Opens what a run or a plan is about, and tells what is suspicious in the inventory. Types, parameters and patterns are
 * tried here: before anything is connected to or written.
 * @throws FleetError for whatever is wrong with them
 */
export const openRun = async (flags: RunFlags, look: Look): Promise<Opened> => {
  const fleet = await openFleet(flags);
  for (const problem of fleet.inventory.diagnostics)
    process.stderr.write(`warning: ${problem.message}\n  ${look.glyphs.arrow} ${problem.remedy}\n`);
  const { playbook, sources } = await openPlaybook(flags.playbook, flags.typeCheck);
  const said = await givenParams(flags.extra, flags.configured, fleet.inventory, playbook.params);
  const given = await withSecrets(flags.secrets, said, playbook.params);
  const store = join(fleet.directory, '.ovsfleet', 'sources');
  const { given: sourced, warnings } = await withSources(given, playbook.params, store);
  const whole = playbook.resolve(await withEarlierRuns(sourced, playbook.params, fleet.directory));
  const hosts = new Map(whole.plays.map((play) => [play.title, fleet.select(patternOf(play))]));
  const hostsOf: Opened['hostsOf'] = ({ title }) => hosts.get(title) ?? [];
  const names = new Map([...hosts].map(([title, its]) => [title, new Set(its.map(({ name }) => name))]));
  const selected = selectPart(whole, flags.selection, ({ title }, host) => names.get(title)?.has(host) ?? false);
  const head = planHead(selected.playbook, sources);
  return { fleet, selected, head, hostsOf, hosts: [...hosts.values()].flat(), warnings };
};
