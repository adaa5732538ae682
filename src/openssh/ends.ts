import type { Exit } from '../model/ports.ts';
import { pause } from '../ssh/index.ts';
import type { Master } from './master.ts';

/** How commands end, from the log of the ssh(1) that holds the connection: it knows first, and it alone knows of signals. */
export interface Ends {
  /** Resolves when the command on a channel, which was just opened, has ended. */
  of(channel: string): Promise<Exit>;
}

interface Channel {
  readonly ended: Promise<Exit>;
  readonly end: (exit: Exit) => void;
}

const fresh = (): Channel => {
  let end: (exit: Exit) => void = () => {};
  const ended = new Promise<Exit>((resolve) => {
    end = resolve;
  });
  return { ended, end };
};

/** Another ssh(1) tells a channel's number when this one has logged it: for what is logged there to be read here. */
const readingMs = 25;

export const endsOf = (master: Pick<Master, 'onLine'>): Ends => {
  const channels = new Map<string, Channel>();
  const channel = (number: string): Channel => {
    const known = channels.get(number) ?? fresh();
    channels.set(number, known);
    return known;
  };
  master.onLine((line) => {
    const [, opened] = /^debug1: channel (\d+): new .*\[client-session\]/.exec(line) ?? [];
    // The number may have been another's before.
    if (opened !== undefined) channels.set(opened, fresh());
    const [, ended, status] = /mux_exit_message: channel (\d+): .*exitval (\d+)/.exec(line) ?? [];
    if (ended !== undefined) channel(ended).end({ code: Number(status), signal: null });
    const [, killed] = /client_input_channel_req: channel (\d+) rtype exit-signal/.exec(line) ?? [];
    // Which signal it was is not logged.
    if (killed !== undefined) channel(killed).end({ code: null, signal: 'a signal' });
  });
  return {
    of: async (number) => {
      await pause(readingMs);
      return await channel(number).ended;
    },
  };
};
