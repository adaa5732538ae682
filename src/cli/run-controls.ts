import type { Controls } from '../execute/index.ts';
import { readDurations } from '../journal/index.ts';
import type { Problem } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { ResolvedPlaybook } from '../playbook/index.ts';
import { concurrencyAllowed, hostWindows } from '../rollout/index.ts';
import { insistOn, objections } from './allowed.ts';
import { askHook } from './ask-hook.ts';
import type { ChangeFlags } from './change-options.ts';
import type { Fleet } from './fleet.ts';
import { terminalOperator } from './operator.ts';
import { namedPolicies, policyFiles, readPolicies } from './policy-file.ts';

export interface ControlsInput {
  readonly fleet: Fleet;
  readonly playbook: Pick<ResolvedPlaybook, 'title' | 'plays'>;
  /** Those that the run is for; one may be there twice. */
  readonly hosts: readonly Host[];
  readonly mode: 'apply' | 'check';
  readonly flags: ChangeFlags;
}

const least = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/**
 * What the site's policies, earlier runs and the operator say of a run. `warnings`: why policies would not let it be done,
 * when it is only planned.
 * @throws FleetError when a policy does not allow it, a host's window is not to be understood, or a canary names nobody
 */
export const runControls = async ({
  fleet,
  playbook,
  hosts,
  mode,
  flags,
}: ControlsInput): Promise<{
  readonly controls: Omit<Controls, 'selection' | 'askStep'>;
  readonly warnings: readonly Problem[];
}> => {
  const { title } = playbook;
  // Windows and patterns are tried before anything is connected to: a canary that is misspelt must not be passed over.
  for (const host of hosts) hostWindows(host);
  for (const { rollout } of playbook.plays) if (rollout.canary !== null) fleet.select(rollout.canary);
  const policies = [
    ...(await readPolicies(policyFiles(fleet.inventoryDirectory))),
    ...(await namedPolicies(flags.policies)),
  ];
  const names = [...new Set(hosts.map(({ name }) => name))];
  const intent = { title, hosts: names, inventory: fleet.inventory.hosts.size, flags };
  if (mode === 'apply') await insistOn(policies, intent, terminalOperator);
  const durations = await readDurations(fleet.directory, title);
  return {
    warnings: mode === 'check' ? objections(policies, intent) : [],
    controls: {
      askHook,
      whenClosed: flags.whenClosed,
      measured: (play) => durations.get(play) ?? [],
      hooks: policies.flatMap((policy) => policy.hooks),
      frozen: policies.flatMap(({ frozen }) => frozen),
      // Questions about one host after the other can be followed.
      maxConcurrency: least(concurrencyAllowed(policies), flags.atMost ?? (flags.eachStep === 'ask' ? 1 : null)),
    },
  };
};
