import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { boot, cutPower, insideCommand } from './boot.ts';
import { limitMemory } from './cgroups.ts';
import { type CommandOptions, type CommandResult, tryRun } from './command.ts';
import { destroy } from './destroy.ts';
import type { LabHost } from './fleet.ts';
import { inParallel } from './in-parallel.ts';
import { withLock } from './lock.ts';
import type { Log } from './log.ts';
import { labDir, labNamespace } from './names.ts';
import { setManagementLink, setManagementPort } from './network.ts';
import { type ReadyOptions, waitForHost, waitForTraffic } from './ready.ts';
import { restart } from './restart.ts';
import { inNamespace, sshCommand } from './ssh-command.ts';
import type { LabState, Owner } from './state.ts';
import { findHost, type HostStatus, statusOf } from './status.ts';

export interface SpawnOptions {
  readonly stdio?: StdioOptions;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
}

/** A lab that is up. Hosts are named; an unknown name rejects with `lab.no-such-host`. */
export interface Lab {
  readonly name: string;
  readonly owner: Owner;
  readonly hosts: readonly LabHost[];
  readonly directory: string;
  /** Ansible-style YAML: what `--inventory` takes. */
  readonly inventoryFile: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** `ip netns exec` reaches the hosts in it, and nothing else does. */
  readonly namespace: string;
  host(name: string): LabHost;
  status(): Promise<readonly HostStatus[]>;
  /** Starts a command in the lab's network namespace, with the caller's terminal unless told otherwise. */
  spawn(command: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs a command in the lab's network namespace to its end; default limit 10 minutes. */
  run(command: readonly string[], options?: Partial<CommandOptions>): Promise<CommandResult>;
  /** The command line of OpenSSH's client for a host; without command an interactive shell. */
  sshCommand(host: string, command?: readonly string[]): readonly string[];
  /** Runs a shell command on a host as root; code 255 is ssh's own: no connection. Default limit 10 minutes. */
  ssh(host: string, command: string, options?: Partial<CommandOptions>): Promise<CommandResult>;
  /** `systemctl reboot` (a light host is crashed and started); done when all its profile promises is active again. */
  reboot(host: string): Promise<void>;
  /** Cuts its power: its processes are killed, its disk stays. Stays off until `start`. */
  crash(host: string): Promise<void>;
  start(host: string): Promise<void>;
  /** Unplugs its management link: SSH is lost, the guests' traffic goes on. */
  cut(host: string): Promise<void>;
  /** Loses all that it sends and is sent, silently: connections stay open, and nothing comes over them. */
  silence(host: string): Promise<void>;
  /** Bytes of memory that all of a host may take; `null` lifts the limit. */
  limitMemory(host: string, bytes: number | null): Promise<void>;
  /** Ends `cut` and `silence`. */
  heal(host: string): Promise<void>;
  /** Runs a shell command in a host as root without a login; works as long as the host runs. Default limit 10 minutes. */
  inside(host: string, command: string, options?: Partial<CommandOptions>): Promise<CommandResult>;
  /** Waits until a host's guest reaches its peer's; nothing to wait for without peer. */
  waitForTraffic(host: string): Promise<void>;
  /** Removes all of it. */
  down(): Promise<void>;
}

const LONG = { limitMs: 600_000 };

export interface LabOptions {
  readonly log?: Log;
  readonly signal?: AbortSignal | undefined;
}

/** The handle of a lab whose state has been read or just been written. */
export const labOf = (state: LabState, options: LabOptions = {}): Lab => {
  const { name: lab } = state;
  const directory = labDir(lab);
  const { signal } = options;
  const log = options.log ?? (() => undefined);
  const ready: ReadyOptions = { log, signal };
  const host = (name: string): LabHost => findHost(state, name);
  return {
    name: lab,
    owner: state.owner,
    hosts: state.hosts,
    directory,
    inventoryFile: join(directory, 'inventory.yaml'),
    keyFile: join(directory, 'key'),
    knownHostsFile: join(directory, 'known_hosts'),
    namespace: labNamespace(lab),
    host,
    status: async () => inParallel(state.hosts, 16, async (one) => statusOf(state, one)),
    spawn: (command, { stdio = 'inherit', env = process.env, cwd } = {}) => {
      const [file = 'true', ...args] = inNamespace(lab, command);
      return spawn(file, args, { stdio, env: { ...env }, ...(cwd === undefined ? {} : { cwd }) });
    },
    run: async (command, more = {}) => tryRun(inNamespace(lab, command), { ...LONG, signal, ...more }),
    sshCommand: (name, command = []) => sshCommand(lab, host(name), command),
    ssh: async (name, command, more = {}) =>
      tryRun(sshCommand(lab, host(name), [command]), { ...LONG, signal, ...more }),
    reboot: async (name) => restart(lab, host(name), ready),
    crash: async (name) => cutPower(lab, host(name)),
    start: async (name) => {
      await boot(lab, host(name));
      await waitForHost(lab, host(name), ready);
    },
    cut: async (name) => setManagementLink(lab, host(name).index, 'down'),
    silence: async (name) => setManagementPort(lab, host(name), 'silent'),
    limitMemory: async (name, bytes) => limitMemory(lab, host(name).name, bytes),
    heal: async (name) => {
      await setManagementLink(lab, host(name).index, 'up');
      await setManagementPort(lab, host(name), 'open');
    },
    inside: async (name, command, more = {}) =>
      tryRun(await insideCommand(lab, host(name).name, command), { ...LONG, signal, ...more }),
    waitForTraffic: async (name) => {
      const { guest } = host(name);
      if (guest?.peer !== undefined) await waitForTraffic(lab, host(name), host(guest.peer), ready);
    },
    down: async () => withLock(`lab-${lab}`, { limitMs: 600_000, log, signal }, async () => destroy(lab)),
  };
};
