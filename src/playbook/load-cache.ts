import { chmod, lstat, mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { FleetError } from '../model/error.ts';

/**
 * Makes a directory for files that will be executed: nobody else may write there. Throws when it is another user's, or
 * is no directory.
 */
export const privateDirectory = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw new FleetError(
      {
        code: 'playbook.cache',
        message: `The directory ${path} for loaded playbooks cannot be made.`,
        remedy: 'Set XDG_CACHE_HOME to a directory that you can write to.',
      },
      error,
    );
  });
  // Not stat: a link that another user laid there would lead to a directory of ours.
  const found = await lstat(path);
  if (!found.isDirectory() || found.uid !== userInfo().uid) {
    throw new FleetError({
      code: 'playbook.cache',
      message: `The directory ${path} for loaded playbooks belongs to another user, who could change what is run.`,
      remedy: 'Set XDG_CACHE_HOME to a directory of your own.',
    });
  }
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
};
