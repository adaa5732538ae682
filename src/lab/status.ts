import { FleetError } from '../model/error.ts';
import { isRunning } from './boot.ts';
import type { LabHost } from './fleet.ts';
import { hasManagementLink } from './network.ts';
import type { Profile } from './profile.ts';
import { bootIdOf, guestsPing } from './ready.ts';
import type { LabState } from './state.ts';

export interface HostStatus {
  readonly name: string;
  readonly profile: Profile;
  readonly address: string;
  /** `off` after a crash or a poweroff; `cut` while its management link is unplugged. */
  readonly power: 'on' | 'cut' | 'off';
  readonly login: boolean;
  /** Whether its guest reaches its peer's; `none` when it has no guest or no peer. */
  readonly traffic: 'ok' | 'lost' | 'none';
}

/** A host by its name. Rejects with `lab.no-such-host`. */
export const findHost = (state: LabState, name: string): LabHost => {
  const host = state.hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  throw new FleetError({
    code: 'lab.no-such-host',
    message: `lab ${state.name} has no host "${name}"`,
    remedy: `use one of ${state.hosts.map((candidate) => candidate.name).join(', ')}`,
  });
};

/** How a host is now: asked, not remembered. */
export const statusOf = async (state: LabState, host: LabHost): Promise<HostStatus> => {
  const base = { name: host.name, profile: host.profile, address: host.address };
  if (!(await isRunning(state.name, host.name))) return { ...base, power: 'off', login: false, traffic: 'none' };
  if (!(await hasManagementLink(state.name, host.index)))
    return { ...base, power: 'cut', login: false, traffic: 'none' };
  const login = (await bootIdOf(state.name, host)) !== undefined;
  if (!login || host.guest?.peer === undefined) return { ...base, power: 'on', login, traffic: 'none' };
  const pings = await guestsPing(state.name, host, findHost(state, host.guest.peer), 2);
  return { ...base, power: 'on', login, traffic: pings ? 'ok' : 'lost' };
};
