import { spawn } from 'node:child_process';
import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Exit } from '../model/ports.ts';
import type { Shell, Shells } from '../model/shell.ts';
import { quote } from '../shell/index.ts';
import { type ChildTiming, childSession } from './child-session.ts';

export interface LocalOptions {
  /** Where commands start, as they do in the home of whoever logs in. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timing?: Partial<ChildTiming>;
}

const notStarted = (host: Host, cause: Error): ConnectionError =>
  new ConnectionError(
    'refused',
    {
      code: 'local.not-started',
      message: `${host.name}: no command can be started on this machine: ${cause.message}.`,
      remedy: 'sh -c true; ulimit -u; free -m',
      facts: { host: host.name },
    },
    cause,
  );

/** Ends a process group that may have ended by itself. */
const signalGroup = (leader: number | undefined, name: NodeJS.Signals): void => {
  try {
    if (leader !== undefined) process.kill(-leader, name);
  } catch {
    // It has.
  }
};

/** `script` of util-linux gives a command a terminal and hands on how it ended. */
const onTerminal = (command: string): string => `exec script -qefc ${quote(command)} /dev/null`;

/** Commands on this very machine, each in a process group of its own: `ansible_connection: local`. */
export const localShells = (options: LocalOptions): Shells => {
  const timing: ChildTiming = { abortGrace: 5_000, drain: 15_000, ...options.timing };

  const shellOf = (host: Host): Shell => {
    const running = new Set<() => void>();
    return {
      host,
      start: (command, sessionOptions) =>
        new Promise((resolve, reject) => {
          if (sessionOptions.signal?.aborted) {
            reject(sessionOptions.signal.reason);
            return;
          }
          const text = sessionOptions.terminal === 'pty' ? onTerminal(command) : command;
          const child = spawn('/bin/sh', ['-c', text], {
            cwd: options.directory,
            env: options.env,
            detached: true,
            stdio: ['pipe', 'pipe', 'pipe'],
          });
          const kill = (): void => {
            signalGroup(child.pid, 'SIGTERM');
            setTimeout(() => signalGroup(child.pid, 'SIGKILL'), timing.abortGrace).unref();
          };
          running.add(kill);
          const exited = new Promise<Exit>((settle) => {
            child.once('exit', (code, name) => {
              running.delete(kill);
              settle({ code, signal: name });
            });
          });
          child.once('error', (error) => {
            running.delete(kill);
            reject(notStarted(host, error));
          });
          child.once('spawn', () => {
            const { stdin, stdout, stderr } = child;
            resolve(childSession({ stdin, stdout, stderr, exited, kill, leave: () => {} }, sessionOptions, timing));
          });
        }),
      close: async () => {
        for (const kill of running) kill();
      },
    };
  };
  return {
    open: async (host, signal) => {
      signal?.throwIfAborted();
      return shellOf(host);
    },
  };
};
