import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode } from './errno.ts';
import type { LabHost } from './fleet.ts';
import { labDir } from './names.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { PROFILES } from './profile.ts';

/** Who a lab is there for: a process (it may be cleaned away when that is dead), or the people who keep it. */
export type Owner = { readonly kind: 'kept' } | ({ readonly kind: 'process' } & ProcessIdentity);

/** What is written down about a lab before anything of it is made. */
export interface LabState {
  readonly version: 1;
  readonly name: string;
  readonly owner: Owner;
  /** The machine's boot under which it was made: after another one nothing of it runs. */
  readonly bootId: string;
  /** `true` from the moment that `labUp` was done with it. */
  readonly ready: boolean;
  readonly hosts: readonly LabHost[];
}

const guest = z.object({
  address: z.string(),
  mac: z.string(),
  underlay: z.string(),
  peer: z.string().exactOptional(),
  remotes: z.array(z.string()),
});

const host = z.object({
  name: z.string(),
  profile: z.enum(PROFILES),
  index: z.int().positive(),
  address: z.string(),
  guest: guest.exactOptional(),
});

const state: z.ZodType<LabState> = z.object({
  version: z.literal(1),
  name: z.string(),
  owner: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('kept') }),
    z.object({ kind: z.literal('process'), pid: z.int().positive(), startTime: z.string() }),
  ]),
  bootId: z.string(),
  ready: z.boolean(),
  hosts: z.array(host),
});

/** `undefined` for anything but a whole state of this version, such as a file that a power cut has halved. */
export const parseState = (text: string): LabState | undefined => {
  try {
    return state.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

const stateFile = (lab: string): string => join(labDir(lab), 'state.json');

export const writeState = async (state: LabState): Promise<void> => {
  const aside = `${stateFile(state.name)}.new`;
  await writeFile(aside, `${JSON.stringify(state, undefined, 2)}\n`, { flush: true });
  await rename(aside, stateFile(state.name));
};

/**
 * `missing`: nothing of such a lab was ever made, for its record comes first. `damaged`: something may be there, and
 * whose it is cannot be told.
 */
export const readState = async (lab: string): Promise<LabState | 'missing' | 'damaged'> => {
  try {
    return parseState(await readFile(stateFile(lab), 'utf8')) ?? 'damaged';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'missing';
    throw error;
  }
};
