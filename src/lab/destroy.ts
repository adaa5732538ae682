import { readdir, readFile } from 'node:fs/promises';
import { FleetError } from '../model/error.ts';
import { endLabProcesses } from './cgroups.ts';
import { run } from './command.ts';
import { withLockIfFree } from './lock.ts';
import type { Log } from './log.ts';
import { mountsUnder, unmountUnder } from './mounts.ts';
import { labDir } from './names.ts';
import { removeNetwork } from './network.ts';
import { LABS } from './paths.ts';
import { isAlive, machineBootId } from './process-identity.ts';
import { type LabState, readState } from './state.ts';

/** Removes all that belongs to a lab, by its name alone: works on half a lab and on one whose record is lost. */
export const destroy = async (lab: string): Promise<void> => {
  await endLabProcesses(lab);
  await removeNetwork(lab);
  const dir = labDir(lab);
  await unmountUnder(dir);
  const [left] = mountsUnder(await readFile('/proc/self/mounts', 'utf8'), dir);
  if (left !== undefined) {
    throw new FleetError({
      code: 'lab.still-mounted',
      message: `${left} of lab ${lab} cannot be unmounted`,
      remedy: `umount ${left}`,
    });
  }
  // Its directory goes last: as long as it is there, the next start finds what is left to clean.
  await run(['rm', '-rf', '--one-file-system', dir], { limitMs: 600_000 });
};

/** Names of all labs of this machine, whole or not. */
export const labNames = async (): Promise<readonly string[]> => {
  const entries = await readdir(LABS, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
};

/** Whether nobody can want a lab any more: its owner is dead, or the machine was rebooted under it. */
export const isAbandoned = (state: LabState): boolean => {
  if (state.bootId !== machineBootId()) return true;
  return state.owner.kind === 'process' && !isAlive(state.owner);
};

/** Removes labs whose owner is dead. A lab whose record cannot be read is named and left alone: it may be somebody's. */
export const sweep = async (log: Log): Promise<void> => {
  for (const name of await labNames()) {
    // Whoever holds its lock is making or removing it right now.
    await withLockIfFree(`lab-${name}`, async () => {
      const state = await readState(name);
      if (state === 'damaged') {
        log(`lab ${name}: its record is damaged; if it is nobody's, remove it: ovsfleet lab down -n ${name}`);
      } else if (state === 'missing' || isAbandoned(state)) {
        log(`lab ${name}: its owner is gone; removing what is left of it`);
        await destroy(name);
      }
    });
  }
};
