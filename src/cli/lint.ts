import { dirname, resolve } from 'node:path';
import { type Inventory, InventoryError } from '../inventory/index.ts';
import { FleetError, type Problem } from '../model/error.ts';
import type { LoadedPlaybook } from '../playbook/index.ts';
import { hostWindows } from '../rollout/index.ts';
import type { ConfiguredParams } from './configured-params.ts';
import { withEarlierRuns } from './earlier-run.ts';
import { type Fleet, type FleetFlags, openFleet } from './fleet.ts';
import { givenParams } from './params.ts';
import { openPlaybook } from './playbook-file.ts';
import { namedPolicies, policyFiles, readPolicies } from './policy-file.ts';

export interface Found {
  readonly severity: 'error' | 'warning';
  readonly problem: Problem;
}

export interface LintInput {
  readonly fleet: FleetFlags;
  readonly playbooks: readonly string[];
  readonly policies: readonly string[];
  readonly extra: readonly string[];
  readonly configured: ConfiguredParams | null;
  readonly types: 'check' | 'trust';
}

const error = (problem: Problem): Found => ({ severity: 'error', problem });
const warning = (problem: Problem): Found => ({ severity: 'warning', problem });

/** What is wrong, if that is something a user is meant to read. */
const caught = (thrown: unknown): readonly Found[] => {
  if (thrown instanceof InventoryError) return thrown.problems.map(error);
  if (thrown instanceof FleetError) return [error(thrown)];
  throw thrown;
};

const attempt = async (act: () => Promise<readonly Found[]>): Promise<readonly Found[]> => {
  try {
    return await act();
  } catch (thrown) {
    return caught(thrown);
  }
};

/** Tries each of many; what is wrong with one does not hide what is wrong with another. `named` says which it is. */
const each = <T>(items: readonly T[], named: (item: T) => string, act: (item: T) => void): readonly Found[] =>
  items.flatMap((item) => {
    try {
      act(item);
      return [];
    } catch (thrown) {
      return caught(thrown).map(({ severity, problem: { code, message, remedy, facts = {} } }) => ({
        severity,
        problem: { code, message: `${named(item)}${message}`, remedy, facts },
      }));
    }
  });

/** Parameters that nobody gives are no mistake of a file: they come with `-e`. */
const lacking = (params: LoadedPlaybook['playbook']['params'], given: Readonly<Record<string, unknown>>) =>
  Object.entries(params)
    .filter(([name, { fallback }]) => fallback === null && !Object.hasOwn(given, name))
    .map(([name]) => name);

const misfits = (
  file: string,
  { params }: LoadedPlaybook['playbook'],
  given: Awaited<ReturnType<typeof givenParams>>,
) =>
  Object.entries(given).flatMap(([name, { value, from }]) => {
    const spec = params[name];
    if (spec === undefined || spec.parse(value) !== undefined) return [];
    const shown = JSON.stringify(value);
    const message = `${file}: "${name}" is ${shown} (${from}), but must be a ${spec.kind}.`;
    return [error({ code: 'playbook.params', message, remedy: `Correct it where it is written: ${from}` })];
  });

const ofPlays = async (file: string, { playbook }: LoadedPlaybook, fleet: Fleet, input: LintInput) => {
  const said = await givenParams(input.extra, input.configured, fleet.inventory, playbook.params);
  const given = await withEarlierRuns(said, playbook.params, fleet.directory);
  const missing = lacking(playbook.params, given);
  if (missing.length > 0) {
    const message = `${file}: its plays are not looked at without ${missing.join(', ')}.`;
    const note = { code: 'lint.params', message, remedy: `Give what it needs: -e ${missing[0]}=VALUE` };
    return [...misfits(file, playbook, given), warning(note)];
  }
  const { plays } = playbook.resolve(given);
  const named = ({ title }: { readonly title: string }): string => `${file}: play "${title}": `;
  return each(plays, named, ({ hosts, rollout }) => {
    fleet.select(hosts.kind === 'pattern' ? hosts.pattern : hosts.for);
    if (rollout.canary !== null) fleet.select(rollout.canary);
  });
};

const ofPlaybook = (file: string, fleet: Fleet | null, input: LintInput): Promise<readonly Found[]> =>
  attempt(async () => {
    const loaded = await openPlaybook(file, input.types === 'check');
    return fleet === null ? [] : ofPlays(file, loaded, fleet, input);
  });

const windowsOf = ({ hosts }: Inventory): readonly Found[] =>
  each(
    [...hosts.values()],
    () => '',
    (host) => hostWindows(host),
  );

/** The variables beside a playbook count for its hosts; those beside the first are looked at with the inventory. */
const fleetOf = async ({
  fleet,
  playbooks: [first],
}: LintInput): Promise<readonly [Fleet | null, readonly Found[]]> => {
  if (fleet.inventory.length === 0) return [null, []];
  const beside = first === undefined ? {} : { playbookDirectory: dirname(resolve(first)) };
  try {
    const opened = await openFleet({ ...fleet, ...beside });
    return [opened, [...opened.inventory.diagnostics.map(warning), ...windowsOf(opened.inventory)]];
  } catch (thrown) {
    return [null, caught(thrown)];
  }
};

/** All that is wrong with an inventory, policies and playbooks, without connecting to anything. */
export const lint = async (input: LintInput): Promise<readonly Found[]> => {
  const [fleet, ofInventory] = await fleetOf(input);
  const ofPolicies = await Promise.all([
    attempt(async () => {
      if (fleet !== null) await readPolicies(policyFiles(fleet.inventoryDirectory));
      return [];
    }),
    ...input.policies.map((file) =>
      attempt(async () => {
        await namedPolicies([file]);
        return [];
      }),
    ),
  ]);
  const ofPlaybooks: Found[] = [];
  for (const file of input.playbooks) ofPlaybooks.push(...(await ofPlaybook(file, fleet, input)));
  return [...ofInventory, ...ofPolicies.flat(), ...ofPlaybooks];
};
