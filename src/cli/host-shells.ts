import { tmpdir } from 'node:os';
import { localShells } from '../local/index.ts';
import type { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { Shell, Shells } from '../model/shell.ts';
import { byTicketAlone, neitherWay, opensshShells, ticketMayDo } from '../openssh/index.ts';
import { needsOpenssh, sshShells } from '../ssh/index.ts';
import type { Access } from './access.ts';
import { connectionKind, transportOf } from './choose-transport.ts';
import { home } from './options.ts';

/** Every way that there is to a host: ssh2, ssh(1), or none because it is this machine. */
export const hostShells = ({
  ssh,
  connection,
  passphrases,
}: Pick<Access, 'ssh' | 'connection' | 'passphrases'>): Shells => {
  const { password } = connection;
  const how = {
    settings: ssh.of,
    random: Math.random,
    passphrase: async (path: string) => passphrases.get(path),
    ...(password === null ? {} : { password: async () => password }),
  };
  const here = localShells({ directory: home, env: process.env });
  const bySsh2 = sshShells(how);
  const around = { env: process.env, node: process.execPath, temporary: tmpdir() };
  const byOpenssh = opensshShells({ ...how, ...around });
  const byTicket = opensshShells({ ...how, ...around, settings: byTicketAlone(ssh.of) });
  const needs = needsOpenssh();
  /** The way to hosts that ssh2 came to no terms with, by name. */
  const only = new Map<string, Shells>();

  const withTicket = async (host: Host, refused: ConnectionError, signal?: AbortSignal): Promise<Shell> => {
    try {
      const opened = await byTicket.open(host, signal);
      only.set(host.name, byTicket);
      return opened;
    } catch (error) {
      signal?.throwIfAborted();
      throw neitherWay(refused, error);
    }
  };

  const auto: Shells = {
    open: async (host, signal) => {
      const before = only.get(host.name);
      if (before !== undefined) return await before.open(host, signal);
      if ((await needs(host, ssh.of(host))) !== undefined) return await byOpenssh.open(host, signal);
      try {
        return await bySsh2.open(host, signal);
      } catch (error) {
        if (ticketMayDo(host, ssh.of(host), error)) return await withTicket(host, error, signal);
        // No algorithm in common: a server that takes post-quantum exchanges alone, say.
        if (!(error instanceof FleetError && error.code === 'ssh.protocol')) throw error;
        only.set(host.name, byOpenssh);
        return await byOpenssh.open(host, signal);
      }
    },
  };

  const wayOf = (host: Host): Shells => {
    if (connectionKind(host) === 'local') return here;
    switch (transportOf(host, connection.transport, ssh.of(host))) {
      case 'ssh2':
        return bySsh2;
      case 'openssh':
        return byOpenssh;
      case 'auto':
        return auto;
    }
  };
  return { open: async (host, signal) => await wayOf(host).open(host, signal) };
};
