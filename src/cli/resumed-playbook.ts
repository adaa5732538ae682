import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** A directory and all that it lies in, the nearest first. */
const upFrom = (directory: string): readonly string[] => {
  const above = dirname(directory);
  return above === directory ? [directory] : [directory, ...upFrom(above)];
};

/**
 * The playbook of a run that is resumed, perhaps from another directory, or by somebody who copied the fleet's directory: as
 * it was typed, from here; else from the directory of the inventory or from what that lies in. As it was typed when it is
 * nowhere: whoever opens it says so.
 * @param typed as the run was given it
 * @param fleet the directory of the inventory
 */
export const playbookOfResumed = async (typed: string, fleet: string, here: string): Promise<string> => {
  for (const directory of [here, ...upFrom(resolve(fleet))]) {
    if (await isThere(resolve(directory, typed))) return directory === here ? typed : join(directory, typed);
  }
  return typed;
};
