import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Session, Shells } from '../model/shell.ts';
import {
  type Carrier,
  carriedShell,
  connectProblems,
  governor,
  NoSessionError,
  passwordOf,
  pause,
} from '../ssh/index.ts';
import { endsOf } from './ends.ts';
import { logIn } from './log-in.ts';
import type { Master } from './master.ts';
import { muxSession } from './mux-session.ts';
import { type OpensshOptions, opensshTiming } from './options.ts';
import { TurnedAway } from './why-failed.ts';

/** A server that turns us away when nothing of ours was in its way is given up after so many times. */
const attempts = 4;

const pauses = [10, 20, 40, 80, 160] as const;

/** Again for a moment when the host has no session free: sshd frees that of an ended one late. */
const patiently = async (start: () => Promise<Session>, signal?: AbortSignal): Promise<Session> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const wait = pauses[attempt];
      if (!(error instanceof NoSessionError) || wait === undefined) throw error;
      await pause(wait, signal);
    }
  }
};

/**
 * Commands on hosts by the OpenSSH program, one shared connection a host (ControlMaster): for all that it can do and ssh2
 * cannot. Its sockets lie in a directory that only we may enter, and its processes end with the connection, or with us.
 */
export const opensshShells = (options: OpensshOptions): Shells => {
  const timing = opensshTiming(options.timing);
  const handshakes = governor();

  /** Again, after a pause, when the host hangs up before its banner. */
  const persist = async (host: Host, start: () => Promise<Master>, signal?: AbortSignal): Promise<Master> => {
    for (let tries = 1, alone = 0; ; tries += 1) {
      const turn = await handshakes.enter(`${host.address}:${host.port}`, signal);
      try {
        return await start();
      } catch (error) {
        if (!(error instanceof TurnedAway)) throw error;
        if (turn.turnedAway()) alone += 1;
        if (alone === attempts) throw connectProblems.dropped(host, tries, error);
      } finally {
        turn.answered();
      }
      await pause(timing.retry * 2 ** (Math.min(tries, attempts) - 1) * (0.5 + options.random()), signal);
    }
  };

  const carrier = (host: Host, settings: ConnectionSettings, master: Master): Carrier => {
    const ends = endsOf(master);
    let sessions = 0;
    return {
      host,
      gone: master.gone,
      close: master.close,
      start: async (command, sessionOptions, release) => {
        const env = { ...options.env, LC_ALL: 'C' };
        const start = (): Promise<Session> => {
          sessions += 1;
          const logPath = `${master.directory}/session${sessions}.log`;
          return muxSession({ host, settings, master, env, logPath, timing }, command, sessionOptions, ends);
        };
        try {
          const session = await patiently(start, sessionOptions.signal);
          session.ended.then(release, release);
          return session;
        } catch (error) {
          release();
          throw error;
        }
      },
    };
  };

  return {
    open: async (named, signal) => {
      const settings = options.settings(named);
      const host = { ...named, address: settings.hostName, port: settings.port, user: settings.user };
      const password = await passwordOf(host, options.password);
      const open = async (stop?: AbortSignal): Promise<Carrier> => {
        const start = (): Promise<Master> =>
          logIn({ host, settings, password, options, limit: timing.ready, signal: stop });
        return carrier(host, settings, await persist(host, start, stop));
      };
      return carriedShell(await open(signal), () => open());
    },
  };
};
