import { readFile, stat } from 'node:fs/promises';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { type KnownKeys, knownKeysOf } from './host-key.ts';
import { type ShownKey, unreadableKnownHosts, unwritableKnownHosts } from './host-key-problems.ts';
import { type KnownHosts, parseKnownHosts } from './known-hosts.ts';
import type { NewKeys } from './known-hosts-file.ts';
import { errorCode } from './reasons.ts';
import { recordKeys } from './record-keys.ts';

interface Read {
  readonly version: string;
  readonly hosts: KnownHosts;
}

interface Waiting {
  readonly added: NewKeys[];
  readonly written: Promise<void>;
}

export interface KnownHostsStore {
  /** What is known of a host. A file that does not exist knows nobody. Rejects with `ConnectionError`. */
  lookUp(host: Host, settings: ConnectionSettings): Promise<KnownKeys>;
  /**
   * Records keys of a host in the first of its own files. `replace`: in the place of
   * those that are there. Rejects with `ConnectionError` `ssh.known-hosts-unwritable`.
   */
  record(
    host: Host,
    settings: ConnectionSettings,
    keys: readonly ShownKey[],
    others: 'keep' | 'replace',
  ): Promise<void>;
}

/** Looks hosts up in known_hosts files; a file is parsed once until it changes. */
export const knownHostsStore = (): KnownHostsStore => {
  const parsed = new Map<string, Read>();
  const waiting = new Map<string, Waiting>();
  let writing: Promise<unknown> = Promise.resolve();

  /** What is to be written while a file is being written goes in together afterwards. */
  const write = (file: string, added: NewKeys, hash: 'yes' | 'no'): Promise<void> => {
    const before = waiting.get(file);
    if (before !== undefined) {
      before.added.push(added);
      return before.written;
    }
    const all = [added];
    const written = writing.then(() => {
      waiting.delete(file);
      return recordKeys(file, all, hash);
    });
    waiting.set(file, { added: all, written });
    writing = written.catch(() => {});
    return written;
  };

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

  return {
    lookUp: async (host, settings) => {
      const names = [...settings.userKnownHostsFiles, ...settings.globalKnownHostsFiles];
      return knownKeysOf(settings, await Promise.all(names.map((file) => read(host, file))));
    },
    record: async (host, settings, keys, others) => {
      const [file] = settings.userKnownHostsFiles;
      if (file === undefined) return;
      try {
        await write(file, { name: settings.hostKeyName, keys, others }, settings.hashKnownHosts);
      } catch (error) {
        throw unwritableKnownHosts(host, file, error);
      }
    },
  };
};
