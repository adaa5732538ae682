import { FleetError } from '../model/error.ts';
import { isAbandoned, labNames } from './destroy.ts';
import { type Lab, type LabOptions, labOf } from './lab.ts';
import { checkLabName } from './names.ts';
import { hasNetwork } from './network.ts';
import { type LabState, readState } from './state.ts';

export interface LabSummary {
  readonly name: string;
  /** `remains`: not up any more, or never was; `labUp` and `removeLab` clean it away. `unreadable`: its record is damaged. */
  readonly state: 'up' | 'being-made' | 'remains' | 'unreadable';
  readonly kept: boolean;
  readonly hosts: number;
}

const conditionOf = async (state: LabState): Promise<LabSummary['state']> => {
  if (isAbandoned(state)) return 'remains';
  if (!state.ready) return 'being-made';
  return (await hasNetwork(state.name)) ? 'up' : 'remains';
};

/** All labs of this machine. */
export const listLabs = async (): Promise<readonly LabSummary[]> =>
  Promise.all(
    (await labNames()).map(async (name) => {
      const state = await readState(name);
      if (state === undefined) return { name, state: 'unreadable' as const, kept: false, hosts: 0 };
      return { name, state: await conditionOf(state), kept: state.owner.kind === 'kept', hosts: state.hosts.length };
    }),
  );

/** A lab that is up. Rejects with `lab.not-up` for any other name. */
export const openLab = async (name: string, options: LabOptions = {}): Promise<Lab> => {
  checkLabName(name);
  const state = await readState(name);
  if (state !== undefined && (await conditionOf(state)) === 'up') return labOf(state, options);
  throw new FleetError({
    code: 'lab.not-up',
    message: `there is no lab "${name}" that is up`,
    remedy: `ovsfleet lab up ${name}`,
  });
};
