import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { boot, writeHostEnv } from './boot.ts';
import { run } from './command.ts';
import { destroy, isAbandoned, sweep } from './destroy.ts';
import { type LabHost, layOut } from './fleet.ts';
import { knownHostLine, makeRoot, putSupervisor } from './host-root.ts';
import { inParallel } from './in-parallel.ts';
import { inventoryText, UPGRADE_TO } from './inventory-file.ts';
import { type Lab, labOf } from './lab.ts';
import { ensureLayers } from './layers.ts';
import { withLock } from './lock.ts';
import type { Log } from './log.ts';
import { checkLabName, hostDir, labDir } from './names.ts';
import { hasNetwork, makeNetwork } from './network.ts';
import { requirePreconditions } from './preconditions.ts';
import { identify, machineBootId } from './process-identity.ts';
import { type HostCounts, PROFILES, TRAITS } from './profile.ts';
import { waitForHost, waitForTraffic } from './ready.ts';
import type { LayerName } from './recipe.ts';
import { type LabState, type Owner, readState, writeState } from './state.ts';
import { releaseTarball } from './tarball.ts';

export interface LabUpOptions {
  /** Small letters, digits and dashes. */
  readonly name: string;
  readonly hosts: HostCounts;
  /** `true`: the lab stays until `down`. `false`: it is cleaned away once this process is dead. */
  readonly keep: boolean;
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** At once: more only fight for the cores. */
const PARALLEL = 8;

const ownProcess = (): Owner => {
  const self = identify(process.pid);
  if (self !== undefined) return { kind: 'process', ...self };
  throw new FleetError({
    code: 'lab.no-proc',
    message: '/proc does not know this process',
    remedy: 'mount -t proc proc /proc',
  });
};

/** Each inotify instance counts against one user, and every host's systemd takes several: host 27 would die at boot. */
const raiseInotifyLimits = async (): Promise<void> => {
  const limits = ['fs.inotify.max_user_instances=65536', 'fs.inotify.max_user_watches=1048576'];
  await run(['sysctl', '-q', '-w', ...limits], { limitMs: 60_000 });
};

const ensureAllLayers = async (
  hosts: readonly LabHost[],
  options: LabUpOptions,
): Promise<ReadonlyMap<LayerName, string>> => {
  const names = [...new Set(hosts.map(({ profile }) => TRAITS[profile].layer))];
  return new Map(await inParallel(names, 2, async (name) => [name, await ensureLayers(name, options)] as const));
};

const writeAccess = async (state: LabState, options: LabUpOptions): Promise<void> => {
  const { name, hosts } = state;
  const lines = await Promise.all(hosts.map(async (host) => knownHostLine(name, host)));
  await writeFile(join(labDir(name), 'known_hosts'), `${lines.join('\n')}\n`);
  const upgradable = hosts.some(({ profile }) => TRAITS[profile].switches || profile === 'builder');
  const release = upgradable ? await releaseTarball(UPGRADE_TO, options) : undefined;
  await writeFile(join(labDir(name), 'inventory.yaml'), inventoryText(name, hosts, release));
};

const makeHosts = async (
  state: LabState,
  stacks: ReadonlyMap<LayerName, string>,
  signal?: AbortSignal,
): Promise<void> => {
  const { name, hosts } = state;
  await inParallel(hosts, PARALLEL, async (host) => {
    signal?.throwIfAborted();
    await mkdir(hostDir(name, host.name), { recursive: true, mode: 0o755 });
    await writeHostEnv(name, host);
    await makeRoot(name, host, hosts, stacks.get(TRAITS[host.profile].layer) ?? '');
    await boot(name, host);
  });
};

const waitForHosts = async (state: LabState, options: LabUpOptions): Promise<void> => {
  const { name, hosts } = state;
  const { log } = options;
  let up = 0;
  await inParallel(hosts, PARALLEL, async (host) => {
    await waitForHost(name, host, options);
    up += 1;
    // With many hosts, one line in ten says enough.
    if (hosts.length <= 20 || up % 10 === 0 || up === hosts.length)
      log(`${host.name} is up (${up} of ${hosts.length})`);
  });
  await inParallel(hosts, PARALLEL, async (host) => {
    const peer = hosts.find((other) => other.name === host.guest?.peer);
    if (peer === undefined) return;
    log(`${host.name}: waiting for its guest to reach the guest of ${peer.name}`);
    await waitForTraffic(name, host, peer, options);
  });
};

const make = async (state: LabState, stacks: ReadonlyMap<LayerName, string>, options: LabUpOptions): Promise<void> => {
  const { name, hosts } = state;
  const dir = labDir(name);
  await mkdir(dir, { recursive: true, mode: 0o755 });
  // On disk before anything is made: whatever happens from here on, the next start knows what to clean.
  await writeState(state);
  await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `ovsfleet-lab-${name}`, '-f', join(dir, 'key')], {
    limitMs: 60_000,
  });
  await putSupervisor(name);
  await raiseInotifyLimits();
  options.log(`lab ${name}: making ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`);
  await makeNetwork(name);
  await makeHosts(state, stacks, options.signal);
  await writeAccess(state, options);
  options.log(`lab ${name}: waiting for logins`);
  await waitForHosts(state, options);
};

const sameHosts = (state: LabState, hosts: readonly LabHost[]): boolean =>
  JSON.stringify(state.hosts) === JSON.stringify(hosts);

/** A lab of that name that is up already, if it is the one that is asked for; what is left of a dead one is removed. */
const existing = async (name: string, hosts: readonly LabHost[], log: Log): Promise<LabState | undefined> => {
  const state = await readState(name);
  if (state === 'damaged') {
    throw new FleetError({
      code: 'lab.damaged',
      message: `there is a lab ${name} whose record is damaged; it may be in use`,
      remedy: `ovsfleet lab down ${name}`,
    });
  }
  if (state === 'missing' || isAbandoned(state) || !(await hasNetwork(name))) {
    await destroy(name);
    return undefined;
  }
  if (state.ready && sameHosts(state, hosts)) {
    log(`lab ${name}: is up already`);
    return state;
  }
  throw new FleetError({
    code: 'lab.exists',
    message: `there is a lab ${name} already, with other hosts (${state.hosts.map((host) => host.name).join(', ')})`,
    remedy: `ovsfleet lab down ${name}`,
  });
};

const create = async (hosts: readonly LabHost[], options: LabUpOptions): Promise<Lab> => {
  const { name, keep, log, signal } = options;
  const found = await existing(name, hosts, log);
  if (found !== undefined) return labOf(found, { log, signal });
  const stacks = await ensureAllLayers(hosts, options);
  const making: LabState = { version: 1, name, owner: ownProcess(), bootId: machineBootId(), ready: false, hosts };
  try {
    await make(making, stacks, options);
    const state: LabState = { ...making, owner: keep ? { kind: 'kept' } : making.owner, ready: true };
    await writeState(state);
    log(`lab ${name}: up`);
    return labOf(state, { log, signal });
  } catch (error) {
    log(`lab ${name}: failed; removing it`);
    await destroy(name);
    throw error;
  }
};

/**
 * Makes a lab and returns when every host can be logged in to, OVS is active and guests reach each other. Layers are
 * made on the first call and cached. A lab of that name with the same hosts is returned as it is. When it fails,
 * nothing of the lab is left. Rejects with `lab.*` errors: preconditions, `lab.exists`, `lab.layer-failed`,
 * `lab.host-died`, `lab.unit-failed`, `lab.timeout`, or with the signal's reason.
 */
export const labUp = async (options: LabUpOptions): Promise<Lab> => {
  const { name, log, signal } = options;
  checkLabName(name);
  await requirePreconditions();
  await sweep(log);
  const hosts = layOut(options.hosts);
  if (hosts.length === 0) {
    throw new FleetError({
      code: 'lab.bad-hosts',
      message: `lab ${name} would have no host`,
      remedy: `ask for at least one of ${PROFILES.join(', ')}: --hosts pkg31=2`,
    });
  }
  return withLock(`lab-${name}`, { limitMs: 30 * 60_000, log, signal }, async () => create(hosts, options));
};
