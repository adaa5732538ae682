import { tmpdir } from 'node:os';
import { localShells } from '../local/index.ts';
import { FleetError } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { Shells } from '../model/shell.ts';
import { opensshShells } from '../openssh/index.ts';
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
  const byOpenssh = opensshShells({ ...how, env: process.env, node: process.execPath, temporary: tmpdir() });
  const needs = needsOpenssh();
  /** Hosts that ssh2 came to no terms with. */
  const only = new Set<string>();

  const auto: Shells = {
    open: async (host, signal) => {
      if (only.has(host.name) || (await needs(host, ssh.of(host))) !== undefined) {
        return await byOpenssh.open(host, signal);
      }
      try {
        return await bySsh2.open(host, signal);
      } catch (error) {
        // No algorithm in common: a server that takes post-quantum exchanges alone, say.
        if (!(error instanceof FleetError && error.code === 'ssh.protocol')) throw error;
        only.add(host.name);
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
