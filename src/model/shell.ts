import type { Host } from './host.ts';
import type { Exit } from './ports.ts';

export interface SessionOptions {
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** Ends the command: TERM as far as the way there knows it, then its pipes are closed, and `ended` rejects with the reason. */
  readonly signal?: AbortSignal;
  /** With it `signal` closes stdin first, and a command that then ends by itself in time resolves as ever. */
  readonly holdStdin?: boolean;
  /** `pty`: the command has a terminal, which its stdout and stderr share. `none` when absent. */
  readonly terminal?: 'none' | 'pty';
}

/** A command under way on a host. */
export interface Session {
  /** Resolves when the way there takes more. Writing to a command that has ended is no error: `ended` tells. */
  write(data: string | Uint8Array): Promise<void>;
  /** Closes stdin, after `data`. */
  end(data?: string | Uint8Array): void;
  /** Rejects with `ConnectionError`, the signal's reason, or what a handler of output threw. */
  readonly ended: Promise<Exit>;
  /** Stops and restarts the flow of stdout, for a reader that is slower than the link. */
  pause(): void;
  resume(): void;
}

/**
 * A way to start commands on a host, with three pipes each: all that a connection is made of. ssh2, the ssh program and
 * this machine itself are such ways; becoming another user is one that goes through another.
 */
export interface Shell {
  readonly host: Host;
  /** Rejects with `ConnectionError` or the signal's reason when the command could not be started. It must hold no secret. */
  start(command: string, options: SessionOptions): Promise<Session>;
  close(): Promise<void>;
}

export interface Shells {
  /** Rejects with `ConnectionError`. */
  open(host: Host, signal?: AbortSignal): Promise<Shell>;
}
