import { createRequire, Module } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

const withoutModule = (path: string): void => {
  const empty = new Module(path);
  empty.exports = undefined;
  empty.loaded = true;
  require.cache[path] = empty;
};

/**
 * ssh2 with its native parts switched off, whatever the user's npm built: a build with the headers of some Node
 * releases aborts the whole process at a garbage collection (mscdex/ssh2#1511), and pure JavaScript is fast enough.
 * ssh2 falls back when the addon exports nothing, so an empty module stands in the place where it would be loaded from.
 */
const load = (): typeof import('ssh2') => {
  const entry = require.resolve('ssh2');
  withoutModule(join(dirname(entry), 'protocol/crypto/build/Release/sshcrypto.node'));
  try {
    withoutModule(createRequire(entry).resolve('cpu-features'));
  } catch {
    // An optional dependency that was not installed needs no stand-in.
  }
  return require('ssh2');
};

export const ssh2 = load();
