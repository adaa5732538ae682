import type { Shells } from '../model/shell.ts';
import { type Carrier, carriedShell } from './carried-shell.ts';
import type { Link } from './link.ts';
import { sshLinks } from './links.ts';
import type { SshOptions } from './options.ts';
import { passwordOf } from './password.ts';
import { startSession } from './session.ts';

const carrier = (open: Link): Carrier => ({
  host: open.host,
  gone: open.gone,
  start: (command, options, release) => startSession(open, command, options, release),
  close: open.close,
});

/**
 * Commands on hosts by ssh2, as the settings of each say: through its jump hosts, its key verified, logged in by key or
 * password (`waysIn`).
 */
export const sshShells = (options: SshOptions): Shells => {
  const links = sshLinks(options);
  return {
    open: async (named, signal) => {
      const settings = options.settings(named);
      const host = { ...named, address: settings.hostName, port: settings.port, user: settings.user };
      const password = await passwordOf(host, options.password);
      return carriedShell(carrier(await links.open(host, settings, password, signal)), async () =>
        carrier(await links.open(host, settings, password)),
      );
    },
  };
};
