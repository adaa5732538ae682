import type { Host } from '../model/host.ts';
import { lockedKeys } from '../ssh/index.ts';
import type { Access } from './access.ts';
import { askSecret } from './ask-secret.ts';

/**
 * Asks for the passphrases of the keys that hosts are logged in to with and no agent holds, each once, before anything
 * else is on the screen. Without a terminal nobody is asked.
 */
export const unlockKeys = async ({ ssh, passphrases }: Access, hosts: readonly Host[]): Promise<void> => {
  if (process.stdin.isTTY !== true) return;
  for (const path of await lockedKeys(hosts.map(ssh.of))) {
    const typeIt = `Type it on the terminal, or: eval "$(ssh-agent)" && ssh-add ${path}`;
    if (!passphrases.has(path)) passphrases.set(path, await askSecret(`Passphrase for ${path}`, typeIt));
  }
};
