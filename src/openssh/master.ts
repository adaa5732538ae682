import { type ChildProcess, spawn } from 'node:child_process';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { connectProblems, pause } from '../ssh/index.ts';
import { type LogPipe, logPipe } from './log-pipe.ts';
import { whyFailed } from './why-failed.ts';

/** One ssh(1) that holds a connection, for others that share it through its control socket. */
export interface Master {
  /** Its own; it goes with the connection. */
  readonly directory: string;
  readonly controlPath: string;
  /** Resolves when the connection is gone, however. */
  readonly gone: Promise<void>;
  readonly isGone: () => boolean;
  /** Calls back for each line of its log. */
  readonly onLine: LogPipe['onLine'];
  readonly close: () => Promise<void>;
}

export interface MasterOptions {
  readonly host: Host;
  readonly settings: ConnectionSettings;
  /** Options of ssh(1) before those of the settings, so that they count. */
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For its sockets and pipes; nobody else may enter it. */
  readonly directory: string;
  /** Milliseconds until it must be logged in; those in which somebody is being asked do not count. */
  readonly limit: number;
  readonly asking: () => boolean;
  readonly signal: AbortSignal;
}

/** Milliseconds. */
const lastWords = 500;

/** Ends ssh(1) when our end of its stdin closes: so nothing is left of it even if we are killed. */
const guarded =
  'exec 3<&0; "$@" </dev/null 3<&- & ssh=$!; { cat <&3 >/dev/null; kill "$ssh"; } 2>/dev/null & wait "$ssh"';

const inTime = (
  child: ChildProcess,
  log: LogPipe,
  gone: Promise<void>,
  { host, settings, limit, asking, signal }: MasterOptions,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const lines: string[] = [];
    let stderr = '';
    const settle = (settled: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      settled();
    };
    const abort = (): void => settle(() => reject(signal.reason));
    const giveUp = (): void => {
      if (asking()) timer = setTimeout(giveUp, limit);
      else settle(() => reject(connectProblems.silent(host, limit)));
    };
    let timer = setTimeout(giveUp, limit);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-8_192);
    });
    log.onLine((line) => {
      lines.push(line);
      if (line.startsWith('debug1: Entering interactive session')) settle(resolve);
    });
    child.once('error', (error) => settle(() => reject(connectProblems.unreachable(host, error))));
    void gone.then(() => settle(() => reject(whyFailed(host, settings, lines, stderr))));
  });

/** Starts ssh(1) and waits until it is logged in. Rejects with `ConnectionError`, `TurnedAway` or the signal's reason. */
export const startMaster = async (how: MasterOptions): Promise<Master> => {
  const { directory } = how;
  const controlPath = `${directory}/control`;
  const log = await logPipe(`${directory}/master.log`);
  const words = ['ssh', '-M', '-N', '-vvv', '-E', log.path, '-S', controlPath, ...how.options];
  const child = spawn('sh', ['-c', guarded, 'sh', ...words, ...how.settings.sshOptions, '--', how.settings.argument], {
    env: how.env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let over = false;
  const told = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const gone = new Promise<void>((resolve) => {
    const end = async (): Promise<void> => {
      over = true;
      child.stdin?.destroy();
      // What it said last may still be on its way; what it started may hold its stderr open for longer.
      await Promise.race([Promise.all([told, log.ended]), pause(lastWords)]);
      log.close();
      resolve();
    };
    child.once('exit', () => void end());
    child.once('error', () => void end());
  });
  child.stdin?.on('error', () => {});
  const close = async (): Promise<void> => {
    child.stdin?.end();
    await gone;
  };
  try {
    await inTime(child, log, gone, how);
  } catch (error) {
    await close();
    throw error;
  }
  return { directory, controlPath, gone, isGone: () => over, onLine: log.onLine, close };
};
