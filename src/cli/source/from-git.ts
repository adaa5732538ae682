import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseWrongTag, tagOf } from '../../ovs/index.ts';
import { sha256 } from '../adapters.ts';
import { sourceError } from './source-error.ts';
import { saidBy, tool } from './tool.ts';

/** A repository and what of it, as `git:ADDRESS#REF` says. */
export interface GitSource {
  readonly address: string;
  /** A tag or a branch. */
  readonly ref: string;
}

/** Without a ref the tag of the release is meant. */
export const parseGit = (given: string, version: string): GitSource => {
  const text = given.replace(/^git:(?!\/\/)/, '').replace(/^git\+/, '');
  const at = text.lastIndexOf('#');
  return at < 0 ? { address: text, ref: tagOf(version) } : { address: text.slice(0, at), ref: text.slice(at + 1) };
};

/**
 * Packs a tag or a branch of a repository, which is kept as a bare one beside. The same commit gives the same file.
 * Rejects with `source.no-ref` and `source.tag`.
 * @param verify whether the tag must be signed by a key that git trusts here
 */
export const packGit = async (
  { address, ref }: GitSource,
  directory: string,
  verify: 'signed' | 'any',
): Promise<string> => {
  refuseWrongTag(ref);
  if (!/^[\w][\w./+-]*$/.test(ref) || address.startsWith('-'))
    throw sourceError('no-ref', `"${address}#${ref}" names no tag and no branch.`, 'Write git:ADDRESS#TAG.');
  const repository = join(directory, `git-${sha256(address).slice(0, 16)}`);
  const git = (...args: readonly string[]) => tool('git', args, repository);
  await mkdir(repository, { recursive: true, mode: 0o700 });
  await git('init', '--quiet', '--bare');
  const fetched = async (kind: 'tags' | 'heads'): Promise<unknown> => {
    try {
      await git('fetch', '--quiet', '--depth=1', '--', address, `+refs/${kind}/${ref}:refs/${kind}/${ref}`);
      return null;
    } catch (error) {
      return error;
    }
  };
  const kind = (await fetched('tags')) === null ? 'tags' : 'heads';
  const problem = kind === 'tags' ? null : await fetched('heads');
  if (problem !== null)
    throw sourceError(
      'no-ref',
      `${address} has no tag and no branch ${ref}, or cannot be reached: ${saidBy(problem)}.`,
      `See what there is: git ls-remote ${address}`,
      problem,
    );
  if (verify === 'signed') {
    await git('verify-tag', ref).catch((error: unknown) => {
      throw sourceError(
        'tag',
        `Tag ${ref} of ${address} is not signed by a key that is trusted here: ${saidBy(error)}.`,
        'Import the key of whoever made it (gpg --import), or leave out -e verify_tag=yes.',
        error,
      );
    });
  }
  const commit = (await git('rev-parse', `refs/${kind}/${ref}^{commit}`)).trim();
  const file = join(directory, `git-${commit}.tar.gz`);
  const known = await stat(file).catch(() => null);
  if (known === null) {
    const fresh = `${file}.new-${process.pid}`;
    await git(
      '-c',
      'tar.tar.gz.command=gzip -nc',
      'archive',
      '--format=tar.gz',
      `--prefix=openvswitch-${commit}/`,
      `--output=${fresh}`,
      commit,
    );
    await rename(fresh, file);
  }
  return file;
};
