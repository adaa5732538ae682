import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FleetError } from '../model/error.ts';
import { privateDirectory } from './load-cache.ts';
import { loadProblem } from './load-error.ts';
import { playbookSource } from './load-source.ts';
import type { Playbook } from './resolve.ts';
import { type SourceFile, sourcesOf } from './sources.ts';
import { checkTypes } from './type-check.ts';

export interface LoadOptions {
  /** Where transformed playbooks are kept to load faster the next time; made, and kept private, since it is executed. */
  readonly cacheDirectory: string;
  /** What playbooks import by name, as it lives in this process: `{ ovsfleet: … }`. */
  readonly modules: Readonly<Record<string, object>>;
  /** The files that say the types of those modules; `null` loads the playbook without checking its types. */
  readonly types: Readonly<Record<string, string>> | null;
}

const isPlaybook = (value: unknown): value is Playbook =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'ovsfleet-playbook';

const noPlaybook = (file: string, message: string, remedy: string): FleetError =>
  new FleetError({ code: 'playbook.no-playbook', message: `${file} ${message}`, remedy });

/** What to say of a module whose default export is no playbook. */
const otherExport = (file: string, exported: object, value: unknown): FleetError => {
  if (value === undefined) {
    const named = Object.entries(exported).find(([, other]) => isPlaybook(other))?.[0];
    return named === undefined
      ? noPlaybook(file, 'has no default export.', 'Write: export default playbook({ title, params, plays }).')
      : noPlaybook(file, `exports its playbook as "${named}".`, `Write: export default ${named}.`);
  }
  const isInput = typeof value === 'object' && value !== null && 'plays' in value;
  return isInput
    ? noPlaybook(file, 'exports a plain object.', 'Write: export default playbook({ … }) around it.')
    : noPlaybook(
        file,
        `exports ${value === null ? 'null' : `a ${typeof value}`}, which is no playbook.`,
        'Write: export default playbook({ title, params, plays }).',
      );
};

/** A playbook, and the user's files that it was made of. */
export interface LoadedPlaybook {
  readonly playbook: Playbook;
  readonly sources: readonly SourceFile[];
}

/**
 * Loads the playbook that a TypeScript file exports by default. It and what it imports may use all of TypeScript, and
 * need no package beside them. Throws a `FleetError` when the file is missing, does not parse or type-check, throws
 * while it is loaded, or exports something else.
 */
export const loadPlaybook = async (file: string, options: LoadOptions): Promise<LoadedPlaybook> => {
  const path = resolve(file);
  await playbookSource(file);
  if (options.types !== null) await checkTypes(path, options.types);
  await privateDirectory(options.cacheDirectory);
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    virtualModules: { ...options.modules },
    fsCache: options.cacheDirectory,
    sourceMaps: true,
    interopDefault: false,
  });
  const before = new Set(Object.keys(jiti.cache));
  const exported = await jiti.import<object>(pathToFileURL(path).href).catch((error: unknown) => {
    throw loadProblem(path, error);
  });
  const value: unknown = 'default' in exported ? exported.default : undefined;
  if (!isPlaybook(value)) throw otherExport(file, exported, value);
  const loaded = Object.keys(jiti.cache).filter((name) => !before.has(name));
  return { playbook: value, sources: await sourcesOf(path, loaded) };
};
