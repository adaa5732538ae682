import type { FleetFlags } from './fleet.ts';
import { fleetDirectoryOf } from './options.ts';
import { localUser } from './ssh-flags.ts';
import { vaultFlagsOf } from './vault-flags.ts';

/** The flags that say which hosts there are and how they are reached, of whatever command. */
export const fleetFlagsOf = (argv: Readonly<Record<string, unknown>>): FleetFlags => ({
  inventory: Array.isArray(argv['inventory']) ? argv['inventory'].map(String) : [],
  limit: typeof argv['limit'] === 'string' ? argv['limit'] : undefined,
  user: typeof argv['user'] === 'string' ? argv['user'] : localUser(),
  fleetDirectory: fleetDirectoryOf(argv),
  vault: vaultFlagsOf(argv),
});
