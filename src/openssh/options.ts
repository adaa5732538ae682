import type { SettingsOf } from '../model/connection-settings.ts';
import type { Secret } from '../model/secret.ts';
import type { AskPassphrase } from '../ssh/index.ts';

/** Milliseconds. */
export interface OpensshTiming {
  /** From the start of ssh(1) to the end of its login. */
  readonly ready: number;
  readonly channelOpen: number;
  readonly abortGrace: number;
  readonly drain: number;
  /** For the logs to tell how something ended that has ended. */
  readonly settle: number;
  readonly retry: number;
}

export interface OpensshOptions {
  readonly settings: SettingsOf;
  readonly passphrase?: AskPassphrase;
  readonly password?: () => Promise<Secret>;
  readonly random: () => number;
  /** For ssh(1) and what it starts. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program that answers its prompts: node. */
  readonly node: string;
  /** Where private directories for its sockets are made; a short path, for that of a socket has 108 bytes at most. */
  readonly temporary: string;
  readonly timing?: Partial<OpensshTiming>;
}

export const opensshTiming = (given: Partial<OpensshTiming> = {}): OpensshTiming => ({
  ready: 30_000,
  channelOpen: 15_000,
  abortGrace: 5_000,
  drain: 15_000,
  settle: 1_000,
  retry: 400,
  ...given,
});
