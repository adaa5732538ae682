/**
 * What the core needs from the outside. Adapters live in cli, ssh and lab; tests have fakes.
 */
import type { Host } from './host.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The person who started the run. */
export interface Operator {
  /** What is typed as an answer; `null` when nobody is at a terminal. */
  ask(question: string): Promise<string | null>;
}

/** How a remote program ended. A lost link is not an end: `run` rejects with `ConnectionError`. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface RunOptions {
  /** The remote command, `sh -s` when absent. It must never hold a secret: a command line is public on the host. */
  readonly command?: string;
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** Ends the remote command (TERM through the channel, then the channel is closed). */
  readonly signal?: AbortSignal;
  /** Keeps stdin open after the program was sent; `signal` then closes it. For programs that end when we go away. */
  readonly holdStdin?: boolean;
}

export interface Upload {
  readonly local: string;
  /** Absolute path; its directory is made, 0755. Written aside and renamed when its sha256 is right. */
  readonly remote: string;
  /** Lower-case hex. A remote file that has it already is not sent. */
  readonly sha256: string;
  /** Octal, e.g. `0644`. */
  readonly mode: string;
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  /** Ends it, with the reason; what was there before stays. */
  readonly signal?: AbortSignal;
}

export interface Download {
  /** Lower-case hex, as the host has it too. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface Connection {
  readonly host: Host;
  /** Feeds `program` to the remote shell's stdin and streams what it prints. */
  run(program: string, options?: RunOptions): Promise<Exit>;
  /** `false` when the host had it already. */
  upload(upload: Upload): Promise<boolean>;
  /** Copies a remote file to `local`: written aside, renamed when whole. `signal` ends it, with the reason. */
  download(remote: string, local: string, signal?: AbortSignal): Promise<Download>;
  close(): Promise<void>;
}

export interface Transport {
  /** Rejects with `ConnectionError`. */
  connect(host: Host, signal?: AbortSignal): Promise<Connection>;
}

/**
 * Why there is no connection. `unreachable` and `lost` may pass; the others need hands.
 */
export type ConnectionFault =
  | 'unreachable'
  | 'refused'
  | 'lost'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'auth'
  /** The login was good, but not for becoming who does the work. */
  | 'become'
  | 'protocol';
