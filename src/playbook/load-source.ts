import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { FleetError } from '../model/error.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const commonStart = (a: string, b: string): number => {
  const differs = [...a].findIndex((letter, index) => letter !== b[index]);
  return differs < 0 ? a.length : differs;
};

/** Playbooks in a directory, those that begin most like the name first; three at most. */
const playbooksIn = async (directory: string, name: string): Promise<readonly string[]> => {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((other) => extname(other) === '.ts')
    .toSorted((a, b) => commonStart(name, b) - commonStart(name, a) || (a < b ? -1 : 1))
    .slice(0, 3)
    .map((other) => join(directory, other));
};

const giveOne = (found: readonly string[]): string =>
  found.length === 0
    ? 'Give the path of a playbook, such as playbooks/upgrade.ts.'
    : `Give the path of a playbook; there is ${found.join(', ')}.`;

/** The text of a playbook's file. Throws `playbook.missing`, with the names that are there, when it cannot be read. */
export const playbookSource = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const isDirectory = codeOf(error) === 'EISDIR';
    const found = isDirectory
      ? await playbooksIn(file, '')
      : await playbooksIn(dirname(file), file.slice(dirname(file).length + 1));
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: `There is no playbook ${file}.`,
      ENOTDIR: `There is no playbook ${file}.`,
      EISDIR: `${file} is a directory, not a playbook.`,
    };
    throw new FleetError(
      {
        code: 'playbook.missing',
        message: reasons[codeOf(error)] ?? `The playbook ${file} cannot be read (${codeOf(error)}).`,
        remedy: giveOne(found),
      },
      error,
    );
  }
};
