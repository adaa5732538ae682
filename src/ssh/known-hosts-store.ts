import { readFile, stat } from 'node:fs/promises';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { type KnownKeys, knownKeysOf } from './host-key.ts';
import { unreadableKnownHosts } from './host-key-problems.ts';
import { type KnownHosts, parseKnownHosts } from './known-hosts.ts';
import { errorCode } from './reasons.ts';

/** The files that a host's key is looked up in. */
export const knownHostsFiles = (settings: ConnectionSettings): readonly string[] => [
  ...settings.userKnownHostsFiles,
  ...settings.globalKnownHostsFiles,
];

interface Read {
  readonly version: string;
  readonly hosts: KnownHosts;
}

/** Looks hosts up; a file is parsed once until it changes. A file that does not exist knows nobody. */
export const knownHostsStore = (): ((host: Host, settings: ConnectionSettings) => Promise<KnownKeys>) => {
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

  return async (host, settings) => {
    const files = await Promise.all(knownHostsFiles(settings).map((file) => read(host, file)));
    return knownKeysOf(host.address, host.port, files);
  };
};
