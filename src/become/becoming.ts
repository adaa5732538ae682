import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Session, SessionOptions, Shell, Shells } from '../model/shell.ts';
import type { Become } from './become.ts';
import type { Way } from './command.ts';
import { type BecomeServices, startAs } from './start-as.ts';

/** sudo with `requiretty` set says so; doas asks on the terminal and nowhere else. */
const wantsTerminal = (error: unknown): boolean =>
  error instanceof ConnectionError && error.code === 'become.not-allowed' && /\btty\b/i.test(error.message);

const becomingShell = (shell: Shell, become: Become, services: BecomeServices): Shell => {
  let way: Way = become.method === 'doas' && become.password !== null ? 'terminal' : 'pipes';
  /** A wrong password stays wrong: what comes after is told so without asking again. */
  let refused: ConnectionError | null = null;

  const start = async (command: string, options: SessionOptions): Promise<Session> => {
    if (refused !== null) throw refused;
    try {
      return await startAs(shell, become, command, options, way, services);
    } catch (error) {
      if (way === 'pipes' && wantsTerminal(error)) {
        way = 'terminal';
        return start(command, options);
      }
      if (error instanceof ConnectionError && error.code === 'become.password-refused') refused = error;
      throw error;
    }
  };
  return { host: shell.host, start, close: () => shell.close() };
};

/** The same shells, in which every command runs as who is to be become; `becomeOf` says who, `null` for nobody else. */
export const becoming = (
  shells: Shells,
  becomeOf: (host: Host) => Become | null,
  services: BecomeServices,
): Shells => ({
  open: async (host, signal) => {
    const become = becomeOf(host);
    const shell = await shells.open(host, signal);
    return become === null ? shell : becomingShell(shell, become, services);
  },
});
