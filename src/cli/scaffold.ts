import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FleetError } from '../model/error.ts';
import { packageRoot, typesOfIndex } from './package-root.ts';

/** Copied as they are. A package may hold no file named `.gitignore`: npm takes it for its own. */
const copied: Readonly<Record<string, string>> = {
  'inventory.yaml': 'inventory.yaml',
  'ovsfleet.yaml': 'ovsfleet.yaml',
  'playbooks/hello.ts': 'playbooks/hello.ts',
  '.gitignore': 'gitignore',
};

/** For editors: what `import 'ovsfleet'` means. Runs do not need it. */
const tsconfig = (): string =>
  `${JSON.stringify(
    {
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2023',
        module: 'esnext',
        moduleResolution: 'bundler',
        moduleDetection: 'force',
        allowImportingTsExtensions: true,
        skipLibCheck: true,
        paths: { ovsfleet: [typesOfIndex()] },
      },
      include: ['playbooks'],
    },
    null,
    2,
  )}\n`;

export interface Scaffolded {
  readonly written: readonly string[];
  /** Were there already, and are as they were. */
  readonly kept: readonly string[];
}

const isThere = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

const write = async (path: string, text: string): Promise<'written' | 'kept'> => {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
    return 'written';
  } catch (error) {
    if (isThere(error)) return 'kept';
    throw new FleetError(
      {
        code: 'init.unwritable',
        message: `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
        remedy: 'Give a directory that you can write to: ovsfleet init DIRECTORY',
      },
      error,
    );
  }
};

/** Makes a directory that works: an inventory, a configuration, a playbook. What is there already is not touched. */
export const scaffold = async (directory: string): Promise<Scaffolded> => {
  const texts = await Promise.all(
    Object.entries(copied).map(
      async ([name, from]) => [name, await readFile(join(packageRoot, 'templates/init', from), 'utf8')] as const,
    ),
  );
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of [...texts, ['tsconfig.json', tsconfig()] as const]) {
    const put = await write(join(directory, name), text);
    (put === 'written' ? written : kept).push(name);
  }
  return { written, kept };
};
