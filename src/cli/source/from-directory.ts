import { access, mkdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileDigest } from '../adapters.ts';
import { sourceError } from './source-error.ts';
import { saidBy, tool } from './tool.ts';

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The tarball of a release in a directory of tarballs, or a source tree packed: equal trees give equal files. */
export const fromDirectory = async (given: string, version: string, store: string): Promise<string> => {
  const directory = resolve(given);
  if (!(await exists(join(directory, 'configure.ac')))) {
    for (const ending of ['tar.gz', 'tar.xz', 'tar.bz2']) {
      const file = join(directory, `openvswitch-${version}.${ending}`);
      if (await exists(file)) return file;
    }
    throw sourceError(
      'absent',
      `${directory} is neither a source tree (it has no configure.ac) nor has it openvswitch-${version}.tar.gz.`,
      'Give the directory of either, or the tarball itself.',
    );
  }
  const fresh = join(store, `tree.new-${process.pid}.tar.gz`);
  await mkdir(store, { recursive: true, mode: 0o700 });
  const owners = ['--owner=0', '--group=0', '--numeric-owner', '--mtime=2000-01-01 00:00:00Z', '--sort=name'];
  const packs = ['--use-compress-program=gzip -nc', '--exclude-vcs', '--transform=s,^\\.,openvswitch,'];
  await tool('tar', [...owners, ...packs, '-cf', fresh, '-C', directory, '.']).catch((error: unknown) => {
    throw sourceError(
      'unreadable',
      `${directory} cannot be packed: ${saidBy(error)}.`,
      'See that it can be read.',
      error,
    );
  });
  const file = join(store, `tree-${await fileDigest(fresh)}.tar.gz`);
  await rename(fresh, file);
  return file;
};
