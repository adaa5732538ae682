import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FleetError } from '../../model/error.ts';
import { run } from '../command.ts';
import { ensureLayers } from '../layers.ts';
import { withLock } from '../lock.ts';
import type { Log } from '../log.ts';
import { unmountUnder } from '../mounts.ts';
import { layerId } from '../recipe.ts';
import { BROKEN_SOURCE, MODULE_SOURCE } from './kernel-layer.ts';
import { MACHINE_FILES, MASKED_UNITS } from './machine-files.ts';
import { IMAGES } from './paths.ts';

/** `vmpkg`: Debian's OVS 3.1.0 under its units. `vmsrc`: OVS 3.1.0 by `make install`, owned by no unit. */
export type ImageName = 'vmpkg' | 'vmsrc';

/** A disk to boot from, with all that is needed to boot it and to log in. */
export interface Image {
  readonly name: ImageName;
  /** ext4, raw; never written to: machines lay their own disk over it. */
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  /** What `uname -r` says in it. */
  readonly release: string;
  /** Private key that root's authorized_keys know. */
  readonly key: string;
  /** The host key, as in known_hosts(5), without the name. */
  readonly hostKey: string;
  /** Tarball of net/openvswitch and the modules compiled from it for this kernel. */
  readonly modules: string;
  /** The same of a module that the kernel takes and that then refuses to work. */
  readonly brokenModules: string;
}

export interface ImageOptions {
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

const DISK_SIZE = '4G';
const limitMs = 15 * 60_000;
const MODULES = 'modules.tar.gz';
const BROKEN = 'broken-modules.tar.gz';
// What is installed from needs no objects.
const LEFT_OUT: readonly string[] = ['--exclude=*.o', '--exclude=.*.cmd', '--exclude=*.mod.c'];
const TARBALLS: readonly (readonly [source: string, file: string])[] = [
  [MODULE_SOURCE, MODULES],
  [BROKEN_SOURCE, BROKEN],
];

const put = async (root: string, path: string, text: string, mode = 0o644): Promise<void> => {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await writeFile(target, text);
  await chmod(target, mode);
};

const putFiles = async (root: string, making: string): Promise<void> => {
  for (const { path, text, mode } of MACHINE_FILES) await put(root, path, text, mode);
  for (const unit of MASKED_UNITS) {
    const path = join(root, 'etc/systemd/system', unit);
    await rm(path, { force: true });
    await symlink('/dev/null', path);
  }
  const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
  await mkdir(wants, { recursive: true });
  await rm(join(wants, 'systemd-networkd.service'), { force: true });
  await symlink('/lib/systemd/system/systemd-networkd.service', join(wants, 'systemd-networkd.service'));
  const key = join(making, 'key');
  const hostKey = join(root, 'etc/ssh/ssh_host_ed25519_key');
  await rm(hostKey, { force: true });
  for (const file of [key, hostKey])
    await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'machine', '-f', file], { limitMs });
  await put(root, 'root/.ssh/authorized_keys', await readFile(`${key}.pub`, 'utf8'), 0o600);
  await chmod(join(root, 'root/.ssh'), 0o700);
};

const kernelRelease = async (root: string): Promise<string> => {
  const [release, ...more] = await readdir(join(root, 'lib/modules'));
  if (release !== undefined && more.length === 0) return release;
  throw new FleetError({
    code: 'lab.layer-failed',
    message: `an image must have one kernel, and this one has ${more.length + (release === undefined ? 0 : 1)}`,
    remedy: 'apt-get update',
  });
};

const make = async (name: ImageName, target: string, options: ImageOptions): Promise<void> => {
  const lowerdir = await ensureLayers(name, options);
  const making = join(IMAGES, `making-${name}`);
  await unmountUnder(making);
  await rm(making, { recursive: true, force: true });
  const [up, work, root] = [join(making, 'up'), join(making, 'wk'), join(making, 'root')];
  for (const path of [up, work, root]) await mkdir(path, { recursive: true, mode: 0o755 });
  options.log(`machine image ${name}: making it once`);
  try {
    await run(
      ['mount', '-t', 'overlay', 'overlay', '-o', `lowerdir=${lowerdir},upperdir=${up},workdir=${work}`, root],
      { limitMs },
    );
    await putFiles(root, making);
    const release = await kernelRelease(root);
    await writeFile(join(making, 'release'), release);
    await copyFile(join(root, 'boot', `vmlinuz-${release}`), join(making, 'kernel'));
    await copyFile(join(root, 'boot', `initrd.img-${release}`), join(making, 'initrd'));
    await copyFile(join(root, 'etc/ssh/ssh_host_ed25519_key.pub'), join(making, 'host-key.pub'));
    for (const [source, file] of TARBALLS)
      await run(['tar', '--sort=name', ...LEFT_OUT, '-C', join(root, source), '-czf', join(making, file), '.'], {
        limitMs,
      });
    // Checksums of metadata are dear to an emulated processor, and nothing here damages a disk.
    await run(
      ['mke2fs', '-q', '-t', 'ext4', '-O', '^metadata_csum', '-m', '0', '-d', root, join(making, 'disk'), DISK_SIZE],
      { limitMs, signal: options.signal },
    );
  } finally {
    await unmountUnder(making);
  }
  for (const path of [up, work, root]) await rm(path, { recursive: true, force: true });
  await rename(making, target);
};

const describe = async (name: ImageName, dir: string): Promise<Image | undefined> => {
  const there = await stat(dir).then(
    () => true,
    () => false,
  );
  if (!there) return undefined;
  const text = async (file: string): Promise<string> => (await readFile(join(dir, file), 'utf8')).trim();
  const [type = '', hostKey = ''] = (await text('host-key.pub')).split(' ');
  return {
    name,
    disk: join(dir, 'disk'),
    kernel: join(dir, 'kernel'),
    initrd: join(dir, 'initrd'),
    release: await text('release'),
    key: join(dir, 'key'),
    hostKey: `${type} ${hostKey}`,
    modules: join(dir, MODULES),
    brokenModules: join(dir, BROKEN),
  };
};

const imageDir = (name: ImageName): string => {
  const recipe = JSON.stringify([layerId(name), MACHINE_FILES, MASKED_UNITS, DISK_SIZE, LEFT_OUT]);
  return join(IMAGES, `${name}-${createHash('sha256').update(recipe).digest('hex').slice(0, 12)}`);
};

/** The image, made once on this machine. Rejects with `lab.layer-failed` or `lab.command-failed`. */
export const ensureImage = async (name: ImageName, options: ImageOptions): Promise<Image> => {
  const dir = imageDir(name);
  await mkdir(IMAGES, { recursive: true, mode: 0o755 });
  await withLock(`machine-image-${name}`, { limitMs: 60 * 60_000, ...options }, async () => {
    if ((await describe(name, dir)) === undefined) await make(name, dir, options);
  });
  const image = await describe(name, dir);
  if (image !== undefined) return image;
  throw new FleetError({
    code: 'lab.layer-failed',
    message: `the machine image ${dir} vanished while it was made`,
    remedy: `ls -l ${IMAGES}`,
  });
};
