import { readdir, readFile, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { labCgroup } from './names.ts';
import { until } from './wait.ts';

const ROOT = '/sys/fs/cgroup';
/** The v1 hierarchies that systemd and the lab's figures need; `unified` is v2 beside them (cgroups(7), "hybrid"). */
const V1_HIERARCHIES = ['systemd', 'memory', 'pids', 'cpuacct', 'unified'] as const;

const isDirectory = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Mount points of the hierarchies in which each host gets a cgroup of its own. Rejects with `lab.inside` where none is
 * mounted: `ip netns exec` mounts a bare /sys, and what it mounts and unmounts the machine does not see.
 */
export const hierarchies = async (): Promise<readonly string[]> => {
  if ((await readFile(join(ROOT, 'cgroup.controllers'), 'utf8').catch(() => undefined)) !== undefined) return [ROOT];
  const paths = V1_HIERARCHIES.map((name) => join(ROOT, name));
  const there = await Promise.all(paths.map(isDirectory));
  const mounted = paths.filter((_, index) => there[index]);
  if (mounted.length > 0) return mounted;
  throw new FleetError({
    code: 'lab.inside',
    message: `no cgroups are mounted under ${ROOT}: hosts cannot be started or stopped from inside a lab's namespace`,
    remedy: 'run it without ovsfleet lab exec',
  });
};

/**
 * Limits the memory of a host, all its processes and their page cache together; `null` lifts the limit. Beyond it the
 * kernel kills one of them (cgroups(7), memory controller).
 */
export const limitMemory = async (lab: string, host: string, bytes: number | null): Promise<void> => {
  const roots = await hierarchies();
  const v1 = roots.find((path) => path.endsWith('/memory'));
  const own = join(v1 ?? ROOT, labCgroup(lab), host);
  if (v1 === undefined) await writeFile(join(own, 'memory.max'), bytes === null ? 'max' : String(bytes));
  else await writeFile(join(own, 'memory.limit_in_bytes'), String(bytes ?? -1));
};

/** A directory and all below it, the deepest first. */
const tree = async (dir: string): Promise<readonly string[]> => {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map(({ name }) => tree(join(dir, name))),
  );
  return [...below.flat(), dir];
};

const pidsOf = async (cgroups: readonly string[]): Promise<readonly number[]> => {
  const texts = await Promise.all(cgroups.map((dir) => readFile(join(dir, 'cgroup.procs'), 'utf8').catch(() => '')));
  const pids = texts.flatMap((text) => text.split('\n')).map(Number);
  return [...new Set(pids.filter((pid) => pid > 0))];
};

const labTrees = async (lab: string): Promise<readonly string[]> => {
  const roots = (await hierarchies()).map((path) => join(path, labCgroup(lab)));
  return (await Promise.all(roots.map(tree))).flat();
};

/** Every process of a lab: hosts' own, their supervisors. Membership in the lab's cgroups, so no pid can be mistaken. */
const labProcesses = async (lab: string): Promise<readonly number[]> => pidsOf(await labTrees(lab));

/** Kills every process of a lab and removes its cgroups. */
export const endLabProcesses = async (lab: string): Promise<void> => {
  await until({ what: `the processes of lab ${lab} to end`, limitMs: 120_000, everyMs: 50 }, async () => {
    const pids = await labProcesses(lab);
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended while the list was gone through.
      }
    }
    return pids.length === 0;
  });
  for (const dir of await labTrees(lab)) await rmdir(dir).catch(() => undefined);
};
