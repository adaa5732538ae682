import { access } from 'node:fs/promises';
import type { Argv } from 'yargs';
import { FleetError } from '../model/error.ts';
import { paramsHelp } from './params-help.ts';
import { openPlaybook } from './playbook-file.ts';

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The first word after the command that is a file, or looks like one that was meant to be. */
const playbookIn = async (words: readonly string[]): Promise<string | null> => {
  for (const word of words.slice(1)) {
    if (!word.startsWith('-') && /\.[cm]?[jt]s$/.test(word) && (await isThere(word))) return word;
  }
  return null;
};

const textFor = async (file: string): Promise<string> => {
  try {
    return paramsHelp((await openPlaybook(file, false)).playbook);
  } catch (error) {
    if (error instanceof FleetError) return `${error.message}\n→ ${error.remedy}`;
    throw error;
  }
};

/**
 * `ovsfleet run pb.ts --help` tells the parameters of that playbook, too.
 * @param words as they were typed after `ovsfleet`
 */
export const withPlaybookHelp = async <T>(yargs: Argv<T>, words: readonly string[]): Promise<Argv<T>> => {
  const file = await playbookIn(words);
  return file === null
    ? yargs.epilog('The parameters of a playbook: ovsfleet run PLAYBOOK --help')
    : yargs.epilog(await textFor(file));
};
