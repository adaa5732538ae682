import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { macAddress } from './address.ts';
import { hierarchies } from './cgroups.ts';
import { run, tryRun } from './command.ts';
import type { LabHost } from './fleet.ts';
import { hostDir, hostNamespace, labCgroup, labDir, labNamespace } from './names.ts';
import { identify, isAlive } from './process-identity.ts';
import { TRAITS } from './profile.ts';
import { until } from './wait.ts';

const QUICK = { limitMs: 60_000 };

const hostScript = (lab: string, verb: string, host: string): readonly string[] => [
  'bash',
  join(labDir(lab), 'host.sh'),
  verb,
  hostDir(lab, host),
];

/** Writes what host.sh must know of a host. */
export const writeHostEnv = async (lab: string, host: LabHost): Promise<void> => {
  const cgroups = (await hierarchies()).map((path) => join(path, labCgroup(lab), host.name));
  const settings = {
    NAME: host.name,
    INIT: TRAITS[host.profile].init,
    LAB_NS: labNamespace(lab),
    HOST_NS: hostNamespace(lab, host.name),
    INDEX: String(host.index),
    ADDRESS: host.address,
    REACHED_BY: TRAITS[host.profile].reachedBy,
    MAC0: macAddress(0, host.index),
    MAC1: macAddress(1, host.index),
    CGROUPS: cgroups.join(' '),
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(join(hostDir(lab, host.name), 'host.env'), text.join(''));
};

const readWord = async (lab: string, host: string, file: string): Promise<string> =>
  (await readFile(join(hostDir(lab, host), file), 'utf8').catch(() => '')).trim();

/** Whether a host's supervisor, and with it the host, runs. */
export const isRunning = async (lab: string, host: string): Promise<boolean> => {
  const [pid = '', startTime = ''] = (await readWord(lab, host, 'supervisor')).split(' ');
  return startTime !== '' && isAlive({ pid: Number(pid), startTime });
};

/** Plugs a host in and starts its supervisor, which keeps it over reboots and outlives this process. */
export const boot = async (lab: string, host: LabHost): Promise<void> => {
  await hierarchies();
  if (await isRunning(lab, host.name)) {
    throw new FleetError({
      code: 'lab.host-is-up',
      message: `${host.name} is running already`,
      remedy: `ovsfleet lab crash ${host.name} -n ${lab}`,
    });
  }
  await run(hostScript(lab, 'net-up', host.name), QUICK);
  const dir = hostDir(lab, host.name);
  await rm(join(dir, 'ended'), { force: true });
  const [file = 'bash', ...args] = hostScript(lab, 'supervise', host.name);
  const console = await open(join(dir, 'console.log'), 'a');
  try {
    // A session of its own: killing the caller's process group would kill the host half.
    const child = spawn(file, args, { detached: true, stdio: ['ignore', console.fd, console.fd] });
    await once(child, 'spawn');
    child.unref();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity !== undefined) await writeFile(join(dir, 'supervisor'), `${identity.pid} ${identity.startTime}\n`);
  } finally {
    await console.close();
  }
};

/** PID, as the machine sees it, of the host's PID 1; `undefined` while it has none. */
const leader = async (lab: string, host: string): Promise<number | undefined> => {
  const init = await readWord(lab, host, 'init.pid');
  if (init === '') return undefined;
  const { stdout } = await tryRun(['pgrep', '-P', init], QUICK);
  const pid = Number(stdout.trim().split('\n')[0]);
  return pid > 0 ? pid : undefined;
};

/** A command line that runs a shell command in a host's namespaces. Rejects with `lab.host-is-off` when it has none. */
export const insideCommand = async (lab: string, host: string, command: string): Promise<readonly string[]> => {
  const pid = await leader(lab, host);
  if (pid === undefined) {
    throw new FleetError({
      code: 'lab.host-is-off',
      message: `${host} does not run`,
      remedy: `ovsfleet lab start ${host} -n ${lab}`,
    });
  }
  return [
    'nsenter',
    '--target',
    String(pid),
    '--mount',
    '--net',
    '--pid',
    '--uts',
    '--ipc',
    '--wd=/',
    'sh',
    '-c',
    command,
  ];
};

/**
 * Cuts a host's power: SIGKILL to its PID 1. Never to nspawn, which would leave the host's systemd running without it.
 * Its links vanish; its disk stays.
 */
export const cutPower = async (lab: string, host: LabHost): Promise<void> => {
  await hierarchies();
  await until({ what: `${host.name} to lose its power`, limitMs: 60_000, everyMs: 50 }, async () => {
    if (!(await isRunning(lab, host.name))) return true;
    const pid = await leader(lab, host.name);
    try {
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
    return false;
  });
  await run(hostScript(lab, 'net-down', host.name), QUICK);
};

/** The last lines that a host printed to its console. */
export const consoleTail = async (lab: string, host: string, lines = 15): Promise<string> =>
  (await readWord(lab, host, 'console.log')).split('\n').slice(-lines).join('\n');
