import type { ConnectionSettings } from '../model/connection-settings.ts';
import { agentKeys } from './agent.ts';
import { hostOf } from './jump.ts';
import { readPrivateKey } from './private-key.ts';

const withJumps = (settings: ConnectionSettings): readonly ConnectionSettings[] => [
  settings,
  ...(settings.jump === null ? [] : withJumps(settings.jump)),
];

const held = async (socket: string | null): Promise<ReadonlySet<string>> => {
  if (socket === null) return new Set();
  const keys = await agentKeys(socket).catch(() => []);
  return new Set(keys.map(({ fingerprint }) => fingerprint));
};

/** The key files that somebody named for these hosts or their jump hosts, that have a passphrase, and that no agent holds. */
export const lockedKeys = async (all: readonly ConnectionSettings[]): Promise<readonly string[]> => {
  const files = new Map<string, ConnectionSettings>();
  for (const settings of all.flatMap(withJumps)) {
    for (const { path, from } of settings.identityFiles) {
      if (from !== 'default' && settings.publicKeyLogin === 'yes' && !files.has(path)) files.set(path, settings);
    }
  }
  const agents = new Map<string | null, ReadonlySet<string>>();
  const locked: string[] = [];
  for (const [path, settings] of files) {
    // What is wrong with a file is told when its host is logged in to.
    const key = await readPrivateKey(hostOf(settings), path).catch(() => undefined);
    if (key?.kind !== 'locked') continue;
    const agent = agents.get(settings.identityAgent) ?? (await held(settings.identityAgent));
    agents.set(settings.identityAgent, agent);
    if (key.fingerprint === undefined || !agent.has(key.fingerprint)) locked.push(path);
  }
  return locked;
};
