import { spawn } from 'node:child_process';
import { type ChildTiming, childSession } from '../local/index.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Exit } from '../model/ports.ts';
import type { Session, SessionOptions } from '../model/shell.ts';
import { channelRefused, linkLost, NoSessionError, pause } from '../ssh/index.ts';
import type { Ends } from './ends.ts';
import { logPipe } from './log-pipe.ts';
import type { Master } from './master.ts';

export interface MuxOptions {
  readonly host: Host;
  readonly settings: ConnectionSettings;
  readonly master: Master;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of this session's log; nothing is there yet. */
  readonly logPath: string;
  readonly timing: ChildTiming & { readonly channelOpen: number; readonly settle: number };
}

/** What the log of an ssh(1) that shares a connection tells of its session. */
interface Told {
  channel: string | undefined;
  status: number | undefined;
  refused: string | undefined;
}

const words = (options: MuxOptions, command: string, terminal: 'none' | 'pty'): readonly string[] => [
  ...['-F', 'none', '-S', options.master.controlPath, '-vv', '-E', options.logPath],
  // Where the shared connection is gone, it must not make one of its own.
  ...['-o', 'ProxyCommand=false', '-o', 'BatchMode=yes', '-o', 'ControlMaster=no', '-e', 'none'],
  ...['-o', `ForwardAgent=${options.settings.forwardAgent}`],
  ...Object.entries(options.settings.environment).flatMap(([name, value]) => ['-o', `SetEnv=${name}="${value}"`]),
  ...[terminal === 'pty' ? '-tt' : '-T', '--', options.settings.argument, command],
];

/** Where its own log does not tell, either a signal ended the command or the link is gone: both show within a moment. */
const exitOf = async ({ host, master, timing }: MuxOptions, told: Told, ended: Promise<Exit>): Promise<Exit> => {
  if (told.status !== undefined) return { code: told.status, signal: null };
  const exit = await Promise.race([ended, master.gone, pause(timing.settle)]);
  if (typeof exit === 'object') return exit;
  throw linkLost(host, undefined);
};

/** Starts a command through a shared connection. Rejects with `ConnectionError`, `NoSessionError` or the signal's reason. */
export const muxSession = async (
  options: MuxOptions,
  command: string,
  sessionOptions: SessionOptions,
  ends: Ends,
): Promise<Session> => {
  const { host, master, timing, env } = options;
  sessionOptions.signal?.throwIfAborted();
  if (master.isGone()) throw linkLost(host, undefined);
  const log = await logPipe(options.logPath).catch((error: unknown) => {
    // The directory goes with the connection.
    throw master.isGone() ? linkLost(host, undefined) : error;
  });
  if (master.isGone()) {
    log.close();
    throw linkLost(host, undefined);
  }
  const child = spawn('ssh', words(options, command, sessionOptions.terminal ?? 'none'), {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  const told: Told = { channel: undefined, status: undefined, refused: undefined };
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(async () => {
    await Promise.race([log.ended, pause(timing.settle)]);
    log.close();
  });
  const opened = new Promise<void>((resolve) => {
    log.onLine((line) => {
      const session = /mux_client_request_session: master session id: (\d+)/.exec(line);
      const status = /Received exit status from master (\d+)/.exec(line);
      const refusal = /session request failed: (.*)/.exec(line);
      if (session !== null) {
        told.channel = session[1];
        resolve();
      }
      if (status !== null) told.status = Number(status[1]);
      if (refusal !== null) told.refused = refusal[1];
    });
    exited.then(resolve, resolve);
  });
  const abort = (): void => void child.kill();
  sessionOptions.signal?.addEventListener('abort', abort, { once: true });
  const late = setTimeout(abort, timing.channelOpen);
  await opened;
  clearTimeout(late);
  sessionOptions.signal?.removeEventListener('abort', abort);
  if (told.channel === undefined) {
    sessionOptions.signal?.throwIfAborted();
    await Promise.race([master.gone, pause(timing.settle)]);
    if (master.isGone()) throw linkLost(host, undefined);
    throw told.refused === undefined
      ? channelRefused(host, new Error('it did not answer'))
      : new NoSessionError(told.refused, { cause: new Error(told.refused) });
  }
  const ended = ends.of(told.channel);
  const closed = exited.then(() => exitOf(options, told, ended));
  return childSession(
    {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      exited: Promise.race([ended, closed]),
      kill: () => void child.kill(),
      leave: () => void child.kill(),
    },
    sessionOptions,
    timing,
  );
};
