import { changedBy } from '../journal/index.ts';
import { type GivenParam, type ParamSpecs, runKind } from '../playbook/index.ts';

/**
 * Parameters that name an earlier run, with what its journal says of it in place of the name: playbooks see no journals.
 * @param base where the runs of this fleet are kept
 */
export const withEarlierRuns = async (
  params: Readonly<Record<string, GivenParam>>,
  specs: ParamSpecs,
  base: string,
): Promise<Readonly<Record<string, GivenParam>>> => {
  const looked = Object.entries(params).map(async ([name, given]) => {
    const isName = Object.hasOwn(specs, name) && specs[name]?.kind === runKind && typeof given.value === 'string';
    if (!isName) return [name, given] as const;
    const { runs, hosts } = await changedBy(base, String(given.value));
    return [name, { ...given, value: { runs, hosts } }] as const;
  });
  return Object.fromEntries(await Promise.all(looked));
};
