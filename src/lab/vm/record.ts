import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../log.ts';
import { identify, isAlive, machineBootId, type ProcessIdentity } from '../process-identity.ts';
import { until } from '../wait.ts';
import { MACHINES } from './paths.ts';

/** What is written down of a machine before it starts, and again when its qemu runs. */
export interface MachineRecord {
  readonly bootId: string;
  /** The process that wants it; `null`: it is kept until it is removed. */
  readonly owner: ProcessIdentity | null;
  readonly qemu: ProcessIdentity | null;
}

const identity = z.object({ pid: z.int().positive(), startTime: z.string() }).nullable();
const schema: z.ZodType<MachineRecord> = z.object({ bootId: z.string(), owner: identity, qemu: identity });

export const machineDir = (name: string, root = MACHINES): string => join(root, name);

const file = (name: string, root: string): string => join(machineDir(name, root), 'machine.json');

export const writeRecord = async (name: string, record: MachineRecord, root = MACHINES): Promise<void> => {
  await mkdir(machineDir(name, root), { recursive: true, mode: 0o700 });
  // By renaming: half a record would be taken for what a dead process has left.
  const made = `${file(name, root)}.new`;
  await writeFile(made, `${JSON.stringify(record)}\n`);
  await rename(made, file(name, root));
};

/** `undefined` when there is none, or a half one. */
export const readRecord = async (name: string, root = MACHINES): Promise<MachineRecord | undefined> => {
  try {
    return schema.safeParse(JSON.parse(await readFile(file(name, root), 'utf8'))).data;
  } catch {
    return undefined;
  }
};

/** Whether its emulator runs. */
export const runs = (record: MachineRecord): boolean =>
  record.qemu !== null && record.bootId === machineBootId() && isAlive(record.qemu);

const isWanted = (record: MachineRecord): boolean =>
  record.bootId === machineBootId() && (record.owner === null ? runs(record) : isAlive(record.owner));

/** Ends a machine's emulator, if it is that very process, and removes all that it left. */
export const removeMachine = async (name: string, root = MACHINES): Promise<void> => {
  const record = await readRecord(name, root);
  const qemu = record?.qemu ?? null;
  if (record !== undefined && qemu !== null && runs(record)) {
    process.kill(qemu.pid, 'SIGKILL');
    await until({ what: `the machine ${name} to end`, limitMs: 60_000 }, async () => !isAlive(qemu));
  }
  await rm(machineDir(name, root), { recursive: true, force: true });
};

/** Only who holds it makes a machine's directory, or removes those without a record: between the two there is none yet. */
export const RECORDS_LOCK = 'machine-records';

/** Removes the machines that nobody wants any more: what a killed run has left behind. Call it with `RECORDS_LOCK` held. */
export const sweepMachines = async (log: Log, root = MACHINES): Promise<void> => {
  for (const name of await readdir(root).catch((): string[] => [])) {
    const record = await readRecord(name, root);
    if (record !== undefined && isWanted(record)) continue;
    log(`machine ${name}: its owner is gone; removing what is left of it`);
    await removeMachine(name, root);
  }
};

/** All machines that left something here, and whether each runs. */
export const listMachines = async (
  root = MACHINES,
): Promise<readonly { readonly name: string; readonly runs: boolean }[]> => {
  const names = (await readdir(root).catch((): string[] => [])).sort();
  return Promise.all(
    names.map(async (name) => {
      const record = await readRecord(name, root);
      return { name, runs: record !== undefined && runs(record) };
    }),
  );
};

/** This process, as an owner. */
export const ownProcess = (): ProcessIdentity | null => identify(process.pid) ?? null;
