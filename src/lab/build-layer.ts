import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { machineMirror } from './apt-config.ts';
import { sourcesFor } from './apt-source.ts';
import { run, tryRun } from './command.ts';
import type { Log } from './log.ts';
import { unmountUnder } from './mounts.ts';
import { CACHE } from './paths.ts';
import { type LayerName, layerId, type Recipe, SUITE } from './recipe.ts';
import { releaseTarball } from './tarball.ts';

/** Where layers are kept, whole ones only but for `making-*`. */
export const LAYERS = join(CACHE, 'layers');
// The slowest layer (neutron) takes 40 s quiet and 250 s on a busy machine.
const BUILD_LIMIT_MS = 40 * 60_000;

export interface LayerOptions {
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

export const layerDir = (name: LayerName): string => join(LAYERS, layerId(name));

/** The layers' directories as overlayfs wants them: the topmost first. */
export const stack = (recipes: readonly Recipe[]): string =>
  recipes
    .map(({ name }) => layerDir(name))
    .reverse()
    .join(':');

/** A log that shows at most one line of apt's or make's talk in five seconds: a sign of life, not a transcript. */
const heartbeat = (
  log: Log,
  prefix: string,
): { readonly onLine: (line: string) => void; readonly last: () => string } => {
  let last = '';
  let shown = Date.now();
  return {
    onLine: (line) => {
      if (line.trim() !== '') last = line.trim();
      if (Date.now() - shown < 5000) return;
      shown = Date.now();
      log(`${prefix}: ${last.slice(0, 100)}`);
    },
    last: () => last,
  };
};

/** However this process ends, even by SIGKILL, all that it started in here ends with it (setpriv(1), unshare(1)). */
const MORTAL = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--pid', '--fork', '--kill-child'] as const;

const buildBase = async (recipe: Recipe, dir: string, options: LayerOptions): Promise<void> => {
  const mirror = await machineMirror();
  await run(
    [...MORTAL, 'mmdebstrap', '--variant=minbase', '--mode=root', `--include=${recipe.script}`, SUITE, dir, '-'],
    {
      limitMs: BUILD_LIMIT_MS,
      signal: options.signal,
      input: `${sourcesFor(mirror, SUITE).join('\n')}\n`,
      onLine: heartbeat(options.log, 'layer base').onLine,
    },
  );
};

const PRELUDE = 'export DEBIAN_FRONTEND=noninteractive LC_ALL=C; set -e\n';
const POSTLUDE = '\nrm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb\n';

const buildInChroot = async (
  recipe: Recipe,
  below: readonly Recipe[],
  making: string,
  options: LayerOptions,
): Promise<void> => {
  const { log, signal } = options;
  const [up, work, root] = [join(making, 'up'), join(making, 'wk'), join(making, 'root')];
  await Promise.all([up, work, root].map((path) => mkdir(path, { recursive: true, mode: 0o755 })));
  const quick = { limitMs: 60_000, signal };
  const release = recipe.release === undefined ? undefined : await releaseTarball(recipe.release, options);
  try {
    await run(
      ['mount', '-t', 'overlay', 'overlay', '-o', `lowerdir=${stack(below)},upperdir=${up},workdir=${work}`, root],
      quick,
    );
    await run(['mount', '-t', 'proc', 'proc', join(root, 'proc')], quick);
    await run(['mount', '--bind', '/dev', join(root, 'dev')], quick);
    await run(['cp', '-L', '/etc/resolv.conf', '/etc/hosts', join(root, 'etc')], quick);
    // invoke-rc.d asks this file: 101 forbids starting a daemon in the chroot.
    const policy = join(root, 'usr/sbin/policy-rc.d');
    await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const tarball = release === undefined ? undefined : join(root, 'root', basename(release.path));
    if (release !== undefined && tarball !== undefined) await run(['cp', release.path, tarball], quick);
    const life = heartbeat(log, `layer ${recipe.name}`);
    await run([...MORTAL, 'chroot', root, '/bin/bash', '-c', `${PRELUDE}${recipe.script}${POSTLUDE}`], {
      limitMs: BUILD_LIMIT_MS,
      signal,
      onLine: life.onLine,
    });
    const leftovers = [
      policy,
      join(root, 'etc/resolv.conf'),
      join(root, 'etc/hosts'),
      ...(tarball === undefined ? [] : [tarball]),
    ];
    await Promise.all(leftovers.map((path) => rm(path, { force: true })));
  } finally {
    await unmountUnder(making);
  }
};

/** Makes a layer aside and renames it when it is whole. The caller holds its lock. */
export const buildLayer = async (recipe: Recipe, below: readonly Recipe[], options: LayerOptions): Promise<void> => {
  const target = layerDir(recipe.name);
  // What a build that was killed has left behind: it holds the lock no more.
  for (const name of await readdir(LAYERS)) {
    if (!name.startsWith(`making-${recipe.name}-`)) continue;
    await unmountUnder(join(LAYERS, name));
    await rm(join(LAYERS, name), { recursive: true, force: true });
  }
  const making = join(LAYERS, `making-${recipe.name}-${process.pid}`);
  await mkdir(making, { mode: 0o755 });
  try {
    if (recipe.parent === undefined) await buildBase(recipe, join(making, 'up'), options);
    else await buildInChroot(recipe, below, making, options);
    // Half a layer that a power cut leaves behind must not be taken for a whole one.
    await tryRun(['sync', '-f', making], { limitMs: 600_000 });
    await rename(join(making, 'up'), target);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
};
