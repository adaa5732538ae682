import type { ParsedKey } from 'ssh2';
import type { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { openSecret, type Secret } from '../model/secret.ts';
import { type AgentKey, agentKeys } from './agent.ts';
import { fingerprint } from './host-key.ts';
import { keyLocked, keyPassphraseWrong } from './key-problems.ts';
import { type PrivateKey, readPrivateKey, unlockPrivateKey } from './private-key.ts';

/** What opens private keys, for all hosts of a run. */
export interface Keyring {
  /** Rejects with `ConnectionError` when the file is no key that can be used. */
  file(host: Host, path: string): Promise<PrivateKey>;
  /** The key in a file that has a passphrase, which is asked for once a run. Rejects with `ConnectionError`. */
  unlock(host: Host, path: string): Promise<ParsedKey>;
  /** Rejects with ssh2's error when no agent answers there. */
  agent(socket: string): Promise<readonly AgentKey[]>;
  /** Remembers a key that let us in somewhere: such are tried first elsewhere. */
  letUsIn(keyFingerprint: string): void;
  /** Those that let us in before come first. */
  likeliestFirst<T extends { readonly fingerprint: string }>(keys: readonly T[]): readonly T[];
}

type Unlocked = ParsedKey | 'nobody' | 'wrong';

const unlock = async (path: string, content: string, ask: AskPassphrase | undefined): Promise<Unlocked> => {
  const passphrase = await ask?.(path);
  if (passphrase === undefined) return 'nobody';
  // The derivation of its key takes a third of a second, and nothing else happens meanwhile: once for all hosts.
  return unlockPrivateKey(content, String(openSecret(passphrase))) ?? 'wrong';
};

/** Asks whoever started the run; nothing when nobody is there. */
export type AskPassphrase = (path: string) => Promise<Secret | undefined>;

const problemOf = (host: Host, path: string, unlocked: 'nobody' | 'wrong'): ConnectionError =>
  unlocked === 'wrong' ? keyPassphraseWrong(host, path) : keyLocked(host, path);

export const keyring = (ask: AskPassphrase | undefined): Keyring => {
  const opened = new Map<string, Promise<Unlocked>>();
  const lucky = new Set<string>();
  return {
    file: readPrivateKey,
    unlock: async (host, path) => {
      let opening = opened.get(path);
      if (opening === undefined) {
        const key = await readPrivateKey(host, path);
        if (key.kind === 'key') return key.key;
        if (key.kind === 'public') throw keyLocked(host, path);
        opening = opened.get(path) ?? unlock(path, key.content, ask);
        opened.set(path, opening);
      }
      const unlocked = await opening;
      if (typeof unlocked === 'string') throw problemOf(host, path, unlocked);
      return unlocked;
    },
    agent: agentKeys,
    letUsIn: (key) => void lucky.add(key),
    likeliestFirst: (keys) => [
      ...keys.filter((key) => lucky.has(key.fingerprint)),
      ...keys.filter((key) => !lucky.has(key.fingerprint)),
    ],
  };
};

export const fingerprintOf = (key: ParsedKey): string => fingerprint(key.getPublicSSH());
