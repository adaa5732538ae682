import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FleetError } from '../model/error.ts';
import { machineMirror } from './apt-config.ts';
import { run, tryRun } from './command.ts';
import { withLock } from './lock.ts';
import type { Log } from './log.ts';
import { CACHE } from './paths.ts';
import { suitesOf, upstreamVersion } from './release.ts';

/** A release of Open vSwitch as upstream's tarballs are laid out: everything in `openvswitch-VERSION/`. */
export interface ReleaseTarball {
  readonly path: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

export interface TarballOptions {
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

const RELEASES = join(CACHE, 'releases');

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
};

const describe = async (path: string): Promise<ReleaseTarball | undefined> => {
  try {
    await stat(path);
  } catch {
    return undefined;
  }
  return { path, sha256: await sha256Of(path) };
};

/** An apt of its own for another suite: nothing of the machine's configuration or lists is touched (apt.conf(5)). */
const foreignApt = async (dir: string, suite: string): Promise<readonly string[]> => {
  const mirror = await machineMirror();
  const { uri, signedBy } = mirror.archive;
  const apt = join(dir, `apt-${suite}`);
  for (const path of ['lists/partial', 'cache/archives/partial']) await mkdir(join(apt, path), { recursive: true });
  await writeFile(join(apt, 'status'), '');
  await writeFile(
    join(apt, 'list'),
    `deb ${signedBy === undefined ? '' : `[signed-by=${signedBy}] `}${uri} ${suite} main\n`,
  );
  return [
    'apt-get',
    '-q',
    ...[
      `Dir::Etc::sourcelist=${apt}/list`,
      'Dir::Etc::sourceparts=-',
      `Dir::State::lists=${apt}/lists`,
      `Dir::Cache=${apt}/cache`,
      `Dir::State::status=${apt}/status`,
      'APT::Sandbox::User=root',
    ].flatMap((option) => ['-o', option]),
  ];
};

const download = async (version: string, dir: string, options: TarballOptions): Promise<string> => {
  const limits = { limitMs: 20 * 60_000, signal: options.signal };
  const served: string[] = [];
  for (const suite of suitesOf(version)) {
    options.log(`openvswitch ${version}: fetching openvswitch-source of ${suite}`);
    const apt = await foreignApt(dir, suite);
    const updated = await tryRun([...apt, 'update'], limits);
    const into = join(dir, `deb-${suite}`);
    await mkdir(into);
    const fetched = await tryRun(
      ['sh', '-c', 'cd "$0" && exec "$@"', into, ...apt, 'download', 'openvswitch-source'],
      limits,
    );
    const deb = (await readdir(into)).find((name) => name.endsWith('.deb'));
    if (deb === undefined)
      served.push(`${suite}: ${(fetched.stderr || updated.stderr).trim().split('\n').at(-1) ?? 'nothing'}`);
    else if (upstreamVersion(deb) === version) return join(into, deb);
    else served.push(`${suite} has ${upstreamVersion(deb) ?? deb}`);
  }
  throw new FleetError({
    code: 'lab.release-not-served',
    message: `openvswitch-source ${version} cannot be had from this machine's mirror (${served.join('; ')})`,
    remedy: 'apt-get update',
  });
};

/** Debian ships the tree either unpacked or as a tarball of its own, under any top folder. */
const unpack = async (deb: string, version: string, dir: string, options: TarballOptions): Promise<void> => {
  const limits = { limitMs: 10 * 60_000, signal: options.signal };
  const content = join(dir, 'content');
  await run(['dpkg-deb', '-x', deb, content], limits);
  const source = join(content, 'usr/src/openvswitch');
  const inner = (await readdir(source)).find((name) => /^openvswitch.*\.tar\.(gz|xz|bz2)$/.test(name));
  const tree = join(dir, `openvswitch-${version}`);
  if (inner === undefined) {
    await rename(source, tree);
    return;
  }
  await mkdir(tree);
  await run(['tar', '-xf', join(source, inner), '-C', tree, '--strip-components=1'], limits);
};

const make = async (version: string, target: string, options: TarballOptions): Promise<void> => {
  const limits = { limitMs: 10 * 60_000, signal: options.signal };
  const dir = await mkdtemp(join(RELEASES, `making-${version}-`));
  try {
    const deb = await download(version, dir, options);
    await unpack(deb, version, dir, options);
    options.log(`openvswitch ${version}: packing it as upstream does`);
    const tar = join(dir, `openvswitch-${version}.tar`);
    // The same bytes each time, so that the digest in an inventory stays true. One time for all files also keeps
    // make from running autoconf again.
    await run(
      ['tar', '--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@1500000000', '--format=gnu'].concat(
        ['--mode=u+rwX,go+rX,go-w', '-C', dir, '-cf', tar, `openvswitch-${version}`],
      ),
      limits,
    );
    await run(['gzip', '-n', '-9', tar], limits);
    await rename(`${tar}.gz`, target);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
};

/**
 * The tarball `openvswitch-VERSION.tar.gz`, repacked from Debian's package openvswitch-source and cached; its digest
 * is the same each time it is made on this machine. Rejects with `lab.unknown-release` or `lab.release-not-served`.
 */
export const releaseTarball = async (version: string, options: TarballOptions): Promise<ReleaseTarball> => {
  suitesOf(version);
  const target = join(RELEASES, `openvswitch-${version}.tar.gz`);
  const cached = await describe(target);
  if (cached !== undefined) return cached;
  await mkdir(RELEASES, { recursive: true, mode: 0o755 });
  const lock = { limitMs: 30 * 60_000, log: options.log, signal: options.signal };
  await withLock(`release-${version}`, lock, async () => {
    if ((await describe(target)) === undefined) await make(version, target, options);
  });
  const made = await describe(target);
  if (made !== undefined) return made;
  throw new FleetError({
    code: 'lab.release-not-served',
    message: `${target} vanished while it was made`,
    remedy: `ls -l ${RELEASES}`,
  });
};
