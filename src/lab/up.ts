import { isDeepStrictEqual } from 'node:util';
import { FleetError } from '../model/error.ts';
import { destroy, isAbandoned, sweep } from './destroy.ts';
import { type LabHost, layOut } from './fleet.ts';
import { type Lab, labOf } from './lab.ts';
import { withLock } from './lock.ts';
import type { Log } from './log.ts';
import { ensureAllLayers, makeLab } from './make-lab.ts';
import { checkLabName } from './names.ts';
import { hasNetwork } from './network.ts';
import { requirePreconditions } from './preconditions.ts';
import { identify, machineBootId } from './process-identity.ts';
import { type HostCounts, PROFILES } from './profile.ts';
import { type LabState, type Owner, readState, writeState } from './state.ts';

export interface LabUpOptions {
  /** Small letters, digits and dashes. */
  readonly name: string;
  readonly hosts: HostCounts;
  /** `true`: the lab stays until `down`. `false`: it is cleaned away once this process is dead. */
  readonly keep: boolean;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

const ownProcess = (): Owner => {
  const self = identify(process.pid);
  if (self !== undefined) return { kind: 'process', ...self };
  throw new FleetError({
    code: 'lab.no-proc',
    message: '/proc does not know this process',
    remedy: 'mount -t proc proc /proc',
  });
};

/** A lab of that name that is up already, if it is the one that is asked for; what is left of a dead one is removed. */
const existing = async (name: string, hosts: readonly LabHost[], log: Log): Promise<LabState | undefined> => {
  const state = await readState(name);
  if (state === 'damaged') {
    throw new FleetError({
      code: 'lab.damaged',
      message: `there is a lab ${name} whose record is damaged; it may be in use`,
      remedy: `ovsfleet lab down -n ${name}`,
    });
  }
  // Its lock is ours, so nobody is still making one that is not ready.
  if (state === 'missing' || !state.ready || isAbandoned(state) || !(await hasNetwork(name))) {
    await destroy(name);
    return undefined;
  }
  if (isDeepStrictEqual(state.hosts, hosts)) {
    log(`lab ${name}: is up already`);
    return state;
  }
  throw new FleetError({
    code: 'lab.exists',
    message: `there is a lab ${name} already, with other hosts (${state.hosts.map((host) => host.name).join(', ')})`,
    remedy: `ovsfleet lab down -n ${name}`,
  });
};

const create = async (hosts: readonly LabHost[], options: LabUpOptions): Promise<Lab> => {
  const { name, keep, log, signal } = options;
  const found = await existing(name, hosts, log);
  if (found !== undefined) return labOf(found, { log, signal });
  const stacks = await ensureAllLayers(hosts, options);
  const making: LabState = { version: 1, name, owner: ownProcess(), bootId: machineBootId(), ready: false, hosts };
  try {
    await makeLab(making, stacks, options);
    const state: LabState = { ...making, owner: keep ? { kind: 'kept' } : making.owner, ready: true };
    await writeState(state);
    log(`lab ${name}: up`);
    return labOf(state, { log, signal });
  } catch (error) {
    log(`lab ${name}: failed; removing it`);
    await destroy(name);
    if (!(error instanceof FleetError)) throw error;
    // The lab is gone: what to type on one of its hosts would lead nowhere.
    throw new FleetError({ ...error, message: error.message, remedy: `ovsfleet lab up ${name}` }, error);
  }
};

/**
 * Makes a lab and returns when every host can be logged in to, OVS is active and guests reach each other. Layers are
 * made on the first call and cached. A lab of that name with the same hosts is returned as it is. When it fails,
 * nothing of the lab is left. Rejects with `lab.*` errors: preconditions, `lab.exists`, `lab.layer-failed`,
 * `lab.host-died`, `lab.unit-failed`, `lab.timeout`, or with the signal's reason.
 */
export const labUp = async (options: LabUpOptions): Promise<Lab> => {
  const { name, log, signal } = options;
  checkLabName(name);
  await requirePreconditions();
  await sweep(log);
  const hosts = layOut(options.hosts);
  if (hosts.length === 0) {
    throw new FleetError({
      code: 'lab.bad-hosts',
      message: `lab ${name} would have no host`,
      remedy: `ask for at least one of ${PROFILES.join(', ')}: --hosts pkg31=2`,
    });
  }
  return withLock(`lab-${name}`, { limitMs: 30 * 60_000, log, signal }, async () => create(hosts, options));
};
