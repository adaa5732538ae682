import { FleetError } from '../model/error.ts';
import type { Value } from '../model/host.ts';

/** A host's inventory variable that must be there. Throws `ovs.host-var` when it is not, or is no text. */
export const hostVar = (
  host: { readonly vars: Readonly<Record<string, Value>> },
  name: string,
  about: string,
): string => {
  const value = host.vars[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new FleetError({
    code: 'ovs.host-var',
    message: `The inventory does not say ${name}, ${about}.`,
    remedy: `Set it among the host's variables, e.g. ${name}: "…", or leave the host out with --limit.`,
  });
};
