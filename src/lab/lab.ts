import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { boot, cutPower, isRunning } from './boot.ts';
import { type CommandOptions, type CommandResult, tryRun } from './command.ts';
import { destroy } from './destroy.ts';
import type { LabHost } from './fleet.ts';
import { inParallel } from './in-parallel.ts';
import { withLock } from './lock.ts';
import type { Log } from './log.ts';
import { labDir, labNamespace } from './names.ts';
import { hasManagementLink, setManagementLink } from './network.ts';
import { type Profile, TRAITS } from './profile.ts';
import { bootIdOf, guestsPing, type ReadyOptions, waitForHost, waitForTraffic } from './ready.ts';
import { inNamespace, sshCommand } from './ssh-command.ts';
import type { LabState, Owner } from './state.ts';
import { until } from './wait.ts';

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
  heal(host: string): Promise<void>;
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

const find = (state: LabState, name: string): LabHost => {
  const host = state.hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  throw new FleetError({
    code: 'lab.no-such-host',
    message: `lab ${state.name} has no host "${name}"`,
    remedy: `use one of ${state.hosts.map((candidate) => candidate.name).join(', ')}`,
  });
};

const statusOf = async (state: LabState, host: LabHost): Promise<HostStatus> => {
  const base = { name: host.name, profile: host.profile, address: host.address };
  if (!(await isRunning(state.name, host.name))) return { ...base, power: 'off', login: false, traffic: 'none' };
  if (!(await hasManagementLink(state.name, host.index)))
    return { ...base, power: 'cut', login: false, traffic: 'none' };
  const login = (await bootIdOf(state.name, host)) !== undefined;
  if (!login || host.guest?.peer === undefined) return { ...base, power: 'on', login, traffic: 'none' };
  const pings = await guestsPing(state.name, host, find(state, host.guest.peer), 2);
  return { ...base, power: 'on', login, traffic: pings ? 'ok' : 'lost' };
};

const restart = async (state: LabState, host: LabHost, options: ReadyOptions): Promise<void> => {
  const lab = state.name;
  if (TRAITS[host.profile].init === 'sshd') {
    await cutPower(lab, host);
    await boot(lab, host);
  } else {
    const before = await bootIdOf(lab, host);
    if (before === undefined) {
      throw new FleetError({
        code: 'lab.no-login',
        message: `${host.name} cannot be told to reboot: there is no login on it`,
        remedy: `ovsfleet lab crash ${host.name} && ovsfleet lab start ${host.name}`,
      });
    }
    await tryRun(sshCommand(lab, host, ['systemctl reboot']), { limitMs: 60_000 });
    // Its units may take their full stop timeouts, 300 s for OVS's.
    const wait = { what: `${host.name} to reboot`, limitMs: 700_000, everyMs: 200, signal: options.signal };
    await until(wait, async () => {
      const now = await bootIdOf(lab, host);
      return now !== undefined && now !== before;
    });
  }
  await waitForHost(lab, host, options);
};

/** The handle of a lab whose state has been read or just been written. */
export const labOf = (state: LabState, options: LabOptions = {}): Lab => {
  const { name: lab } = state;
  const directory = labDir(lab);
  const { signal } = options;
  const log = options.log ?? (() => undefined);
  const ready: ReadyOptions = { log, signal };
  const host = (name: string): LabHost => find(state, name);
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
    reboot: async (name) => restart(state, host(name), ready),
    crash: async (name) => cutPower(lab, host(name)),
    start: async (name) => {
      await boot(lab, host(name));
      await waitForHost(lab, host(name), ready);
    },
    cut: async (name) => setManagementLink(lab, host(name).index, 'down'),
    heal: async (name) => setManagementLink(lab, host(name).index, 'up'),
    waitForTraffic: async (name) => {
      const { guest } = host(name);
      if (guest?.peer !== undefined) await waitForTraffic(lab, host(name), host(guest.peer), ready);
    },
    down: async () => withLock(`lab-${lab}`, { limitMs: 600_000, log, signal }, async () => destroy(lab)),
  };
};
