import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FleetError, type Problem } from '../model/error.ts';

const name = 'ovsfleet.yaml';
const others = 0o002;

/** A configuration file that counts. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

export interface Found {
  /** Those that count, the one that wins first. */
  readonly files: readonly ConfigFile[];
  /** Those that do not, and why. */
  readonly warnings: readonly Problem[];
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

const unreadable = (path: string, error: unknown): FleetError =>
  new FleetError(
    {
      code: 'config.unreadable',
      message: `The configuration ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      remedy: 'Make it readable for you, or name another: --config FILE',
    },
    error,
  );

const read = async (path: string): Promise<ConfigFile | null> => {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    if (isMissing(error)) return null;
    throw unreadable(path, error);
  }
};

/**
 * A configuration names programs that are run, so it must not be what any user of this machine has laid in the way; Ansible
 * ignores its own in such directories too (https://docs.ansible.com/ansible/devel/reference_appendices/config.html).
 */
const distrust = async ({ path }: ConfigFile): Promise<Problem | null> => {
  for (const each of [dirname(path), path]) {
    const { mode } = await stat(each);
    if ((mode & others) === 0) continue;
    return {
      code: 'config.untrusted',
      message: `${path} is ignored: everybody on this machine may write to ${each}.`,
      remedy: `Make it yours alone: chmod o-w ${each}; or say that you mean it: --config ${path}`,
    };
  }
  return null;
};

const upFrom = (directory: string): readonly string[] => {
  const above = dirname(directory);
  return above === directory ? [directory] : [directory, ...upFrom(above)];
};

/** The nearest `ovsfleet.yaml` upwards from a directory, and the user's own. */
export const findConfig = async (where: { readonly from: string; readonly user: string }): Promise<Found> => {
  const warnings: Problem[] = [];
  const trusted = async (path: string): Promise<ConfigFile | null> => {
    const file = await read(path);
    const problem = file === null ? null : await distrust(file);
    if (problem === null) return file;
    warnings.push(problem);
    return null;
  };
  const files: ConfigFile[] = [];
  for (const directory of upFrom(where.from)) {
    const file = await trusted(join(directory, name));
    if (file === null) continue;
    files.push(file);
    break;
  }
  const own = join(where.user, 'ovsfleet', name);
  if (files.every(({ path }) => path !== own)) {
    const file = await trusted(own);
    if (file !== null) files.push(file);
  }
  return { files, warnings };
};

/** The file that the operator names: it counts alone, wherever it lies. @throws FleetError `config.unreadable` */
export const namedConfig = async (path: string): Promise<Found> => {
  const file = await read(path);
  if (file === null) throw unreadable(path, new Error('there is no such file'));
  return { files: [file], warnings: [] };
};
