import { spawn } from 'node:child_process';
import { type ChildTiming, childSession } from '../local/index.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Exit } from '../model/ports.ts';
import type { Session, SessionOptions } from '../model/shell.ts';
import { channelRefused, linkLost, NoSessionError, pause } from '../ssh/index.ts';
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

const exitOf = async (options: MuxOptions, told: Told, signalled: Set<string>): Promise<Exit> => {
  if (told.status !== undefined) return { code: told.status, signal: null };
  const { host, master, timing } = options;
  // Either a signal ended the command, which only the other log tells, or the link is gone: both show within a moment.
  for (let looks = 0; looks < timing.settle / 10 && !master.isGone(); looks += 1) {
    // The channel's number goes to another session later.
    if (told.channel !== undefined && signalled.delete(told.channel)) return { code: null, signal: 'a signal' };
    await pause(10);
  }
  throw linkLost(host, undefined);
};

/** Starts a command through a shared connection. Rejects with `ConnectionError`, `NoSessionError` or the signal's reason. */
export const muxSession = async (
  options: MuxOptions,
  command: string,
  sessionOptions: SessionOptions,
  signalled: Set<string>,
): Promise<Session> => {
  const { host, master, timing, env } = options;
  sessionOptions.signal?.throwIfAborted();
  const log = await logPipe(options.logPath);
  if (master.isGone()) throw linkLost(host, undefined);
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
  return childSession(
    {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      exited: exited.then(() => exitOf(options, told, signalled)),
      kill: () => void child.kill(),
    },
    sessionOptions,
    timing,
  );
};
