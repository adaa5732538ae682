import { FleetError } from '../model/error.ts';
import { isAbandoned, labNames } from './destroy.ts';
import { type Lab, type LabOptions, labOf } from './lab.ts';
import { checkLabName } from './names.ts';
import { hasNetwork } from './network.ts';
import { type LabState, readState } from './state.ts';

export interface LabSummary {
  readonly name: string;
  /** `remains`: not up any more, or never was; `labUp` and `removeLab` clean it away. `damaged`: its record is, and only `removeLab` touches it. */
  readonly state: 'up' | 'being-made' | 'remains' | 'damaged';
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
    (await labNames()).map(async (name): Promise<LabSummary> => {
      const state = await readState(name);
      if (state === 'damaged') return { name, state: 'damaged', kept: false, hosts: 0 };
      if (state === 'missing') return { name, state: 'remains', kept: false, hosts: 0 };
      return { name, state: await conditionOf(state), kept: state.owner.kind === 'kept', hosts: state.hosts.length };
    }),
  );

/** A lab that is up. Rejects with `lab.not-up` for any other name. */
export const openLab = async (name: string, options: LabOptions = {}): Promise<Lab> => {
  checkLabName(name);
  const state = await readState(name);
  if (state === 'damaged') {
    throw new FleetError({
      code: 'lab.damaged',
      message: `the record of lab ${name} is damaged`,
      remedy: `ovsfleet lab down -n ${name}`,
    });
  }
  if (state !== 'missing' && (await conditionOf(state)) === 'up') return labOf(state, options);
  throw new FleetError({
    code: 'lab.not-up',
    message: `there is no lab "${name}" that is up`,
    remedy: `ovsfleet lab up ${name}`,
  });
};
