import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../model/host.ts';
import { fromHome } from './home.ts';
import { type KnownKeys, knownKeysOf } from './host-key.ts';
import { unreadableKnownHosts } from './host-key-problems.ts';
import { type KnownHosts, parseKnownHosts } from './known-hosts.ts';
import type { SshOptions } from './options.ts';
import { errorCode } from './reasons.ts';

/** The files that a host's key is looked up in. */
export const knownHostsFiles = (host: Host, options: SshOptions): readonly string[] =>
  host.knownHostsFiles === undefined
    ? [join(options.home, '.ssh/known_hosts'), options.systemKnownHostsFile ?? '/etc/ssh/ssh_known_hosts']
    : host.knownHostsFiles.map((file) => fromHome(file, options.home));

interface Read {
  readonly version: string;
  readonly hosts: KnownHosts;
}

/** Looks hosts up; a file is parsed once until it changes. A file that does not exist knows nobody. */
export const knownHostsStore = (options: SshOptions): ((host: Host) => Promise<KnownKeys>) => {
  const parsed = new Map<string, Read>();

  const read = async (host: Host, file: string): Promise<KnownHosts> => {
    try {
      const { mtimeMs, size, ino } = await stat(file);
      const version = `${ino} ${size} ${mtimeMs}`;
      const before = parsed.get(file);
      if (before?.version === version) {
        return before.hosts;
      }
      const hosts = parseKnownHosts(file, await readFile(file, 'utf8'));
      parsed.set(file, { version, hosts });
      return hosts;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        return { keys: [], broken: [] };
      }
      throw unreadableKnownHosts(host, file, error);
    }
  };

  return async (host) => {
    const files = await Promise.all(knownHostsFiles(host, options).map((file) => read(host, file)));
    return knownKeysOf(host.address, host.port, files);
  };
};
