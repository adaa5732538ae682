import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { sep } from 'node:path';

/** A file that a playbook is made of. */
export interface SourceFile {
  /** Absolute path. */
  readonly file: string;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** The package that a file was installed with; `''` for the user's own. */
const packageOf = (file: string): string => {
  const [, name = ''] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll(sep, '/')) ?? [];
  return name;
};

/**
 * The digests of a playbook's own text and of all that it imported beside it, in the order of their names. Other packages
 * are left out.
 * @param loaded the files that loading it has evaluated
 */
export const sourcesOf = (playbook: string, loaded: readonly string[]): Promise<readonly SourceFile[]> =>
  Promise.all(
    [...new Set([playbook, ...loaded])]
      .filter((file) => packageOf(file) === packageOf(playbook))
      .toSorted()
      .map(async (file) => ({
        file,
        sha256: createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      })),
  );
