import { join } from 'node:path';
import { type Item, readConfigFile } from './config-file.ts';
import { configProblem } from './problems.ts';

export interface ConfigFiles {
  readonly home: string;
  readonly uid: number;
  /** `/etc/ssh/ssh_config`. */
  readonly system: string;
}

/**
 * The configuration that ssh(1) reads: the user's and then the system's, or the one file of `-F` in place of both
 * (`none`: nothing). Each is read once.
 */
export const filesOf = ({
  home,
  uid,
  system,
}: ConfigFiles): ((named: string | null) => readonly (readonly Item[])[]) => {
  const read = new Map<string | null, readonly (readonly Item[])[]>();
  const load = (named: string | null): readonly (readonly Item[])[] => {
    if (named === 'none') return [];
    if (named !== null) {
      const path = named.startsWith('~/') ? join(home, named.slice(2)) : named;
      const items = readConfigFile(path, { home, uid, owner: 'user', trust: 'as-is' });
      if (items === null)
        throw configProblem('missing', path, 'there is no such file', 'Name a file that is there: -F FILE');
      return [items];
    }
    const own = readConfigFile(join(home, '.ssh/config'), { home, uid, owner: 'user', trust: 'checked' });
    const shared = readConfigFile(system, { home, uid, owner: 'system', trust: 'as-is' });
    return [own, shared].filter((items) => items !== null);
  };
  return (named) => {
    const known = read.get(named) ?? load(named);
    read.set(named, known);
    return known;
  };
};
