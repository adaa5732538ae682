import { join } from 'node:path';
import * as ovsfleet from '../index.ts';
import { type LoadedPlaybook, loadPlaybook } from '../playbook/index.ts';
import { home } from './options.ts';
import { typesOfIndex, version } from './package-root.ts';

/** A playbook from its file, with its types checked first unless told otherwise. */
export const openPlaybook = (file: string, typeCheck: boolean): Promise<LoadedPlaybook> =>
  loadPlaybook(file, {
    cacheDirectory: join(process.env['XDG_CACHE_HOME'] || join(home, '.cache'), 'ovsfleet', `playbooks-${version}`),
    modules: { ovsfleet },
    types: typeCheck ? { ovsfleet: typesOfIndex() } : null,
  });
