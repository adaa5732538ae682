import type { SettingsOf } from '../model/connection-settings.ts';
import type { Secret } from '../model/secret.ts';
import type { AskPassphrase } from './keyring.ts';

/** Limits, all in milliseconds but `keepaliveCount`. Tests shorten them. */
export interface SshTiming {
  /** For the TCP connection, name resolution included. */
  readonly connect: number;
  /** From the TCP connection to the end of authentication. */
  readonly ready: number;
  /** Between two keepalives; a host that leaves `keepaliveCount` of them unanswered is given up at the next one. */
  readonly keepalive: number;
  readonly keepaliveCount: number;
  /** For the host's answer to "open a channel and run this"; ssh2 has no limit of its own. */
  readonly channelOpen: number;
  /** Mean pause before a connection that was dropped in the handshake is tried again; doubles each time. */
  readonly retry: number;
  /** How long a program with its stdin held open may go on after the stdin was closed. */
  readonly abortGrace: number;
  /** Silence after the exit status that ends a program whose background children hold its output open. */
  readonly drain: number;
  /** For a polite goodbye, before the socket is destroyed. */
  readonly close: number;
}

export interface SshOptions {
  /** How each host is reached. */
  readonly settings: SettingsOf;
  /** Asks whoever started the run for the passphrase of a key file; nothing when nobody is there. Asked once a file. */
  readonly passphrase?: AskPassphrase;
  /** The password for all hosts that have none of their own; asked for when the first is logged in to. */
  readonly password?: () => Promise<Secret>;
  /** At least 0, below 1: spreads retries. */
  readonly random: () => number;
  readonly timing?: Partial<SshTiming>;
}

export const sshTiming = (given: Partial<SshTiming> = {}): SshTiming => ({
  connect: 10_000,
  ready: 20_000,
  keepalive: 10_000,
  keepaliveCount: 3,
  channelOpen: 15_000,
  retry: 400,
  abortGrace: 5_000,
  drain: 15_000,
  close: 2_000,
  ...given,
});
