import { join } from 'node:path';

/** `~/x` as a path under the user's home, as inventories write it; any other path as it is. */
export const fromHome = (path: string, home: string): string =>
  path.startsWith('~/') ? join(home, path.slice(2)) : path;
