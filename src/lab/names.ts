import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { LABS } from './paths.ts';

/** Everything on the machine that belongs to a lab can be found by its name alone, even if its records are lost. */
export const labDir = (lab: string): string => join(LABS, lab);
export const hostDir = (lab: string, host: string): string => join(labDir(lab), 'hosts', host);
export const labNamespace = (lab: string): string => `ovsfleet-${lab}`;
/** The dot cannot be in a lab's name: `a`'s hosts are never taken for lab `a-b`. */
export const hostNamespace = (lab: string, host: string): string => `${labNamespace(lab)}.${host}`;
/** Below each hierarchy's root. */
export const labCgroup = (lab: string): string => `ovsfleet-lab/${lab}`;

/** Rejects with `lab.bad-name` what cannot be a lab's name. */
export const checkLabName = (name: string): void => {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(name)) return;
  throw new FleetError({
    code: 'lab.bad-name',
    message: `"${name}" cannot be a lab's name: it takes small letters, digits and dashes, a letter first, 31 at most`,
    remedy: 'ovsfleet lab up demo',
  });
};
