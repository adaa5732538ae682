import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { boot, writeHostEnv } from './boot.ts';
import { run } from './command.ts';
import type { LabHost } from './fleet.ts';
import { knownHostLine, makeRoot, putSupervisor } from './host-root.ts';
import { inParallel } from './in-parallel.ts';
import { inventoryText, UPGRADE_TO } from './inventory-file.ts';
import { ensureLayers } from './layers.ts';
import type { Log } from './log.ts';
import { hostDir, labDir } from './names.ts';
import { makeNetwork } from './network.ts';
import { TRAITS } from './profile.ts';
import { waitForHost, waitForTraffic } from './ready.ts';
import type { LayerName } from './recipe.ts';
import { type LabState, writeState } from './state.ts';
import { releaseTarball } from './tarball.ts';

export interface MakeOptions {
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** Each layer stack, as overlayfs's `lowerdir`. */
export type Stacks = ReadonlyMap<LayerName, string>;

/** At once: more only fight for the cores. */
const PARALLEL = 8;

/** Each inotify instance counts against one user, and every host's systemd takes several: host 27 would die at boot. */
const raiseInotifyLimits = async (): Promise<void> => {
  const limits = ['fs.inotify.max_user_instances=65536', 'fs.inotify.max_user_watches=1048576'];
  await run(['sysctl', '-q', '-w', ...limits], { limitMs: 60_000 });
};

/** Makes the layers that the hosts need and that are missing. */
export const ensureAllLayers = async (hosts: readonly LabHost[], options: MakeOptions): Promise<Stacks> => {
  const names = [...new Set(hosts.map(({ profile }) => TRAITS[profile].layer))];
  return new Map(await inParallel(names, 2, async (name) => [name, await ensureLayers(name, options)] as const));
};

const writeAccess = async (state: LabState, options: MakeOptions): Promise<void> => {
  const { name, hosts } = state;
  const lines = await Promise.all(hosts.map(async (host) => knownHostLine(name, host)));
  await writeFile(join(labDir(name), 'known_hosts'), `${lines.join('\n')}\n`);
  const upgradable = hosts.some(
    ({ profile }) => TRAITS[profile].switches || profile === 'builder' || profile === 'plain',
  );
  const release = upgradable ? await releaseTarball(UPGRADE_TO, options) : undefined;
  await writeFile(join(labDir(name), 'inventory.yaml'), inventoryText(name, hosts, release));
};

const makeHosts = async (state: LabState, stacks: Stacks, signal?: AbortSignal): Promise<void> => {
  const { name, hosts } = state;
  await inParallel(hosts, PARALLEL, async (host) => {
    signal?.throwIfAborted();
    await mkdir(hostDir(name, host.name), { recursive: true, mode: 0o755 });
    await writeHostEnv(name, host);
    await makeRoot(name, host, hosts, stacks.get(TRAITS[host.profile].layer) ?? '');
    await boot(name, host);
  });
};

const waitForHosts = async (state: LabState, options: MakeOptions): Promise<void> => {
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

/** Makes the hosts of a lab and waits until they are all that they promise to be. Leaves what it made when it fails. */
export const makeLab = async (state: LabState, stacks: Stacks, options: MakeOptions): Promise<void> => {
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
