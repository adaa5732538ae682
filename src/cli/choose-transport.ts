import { ConnectionError } from '../model/connection-error.ts';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import { type TransportName, transports } from './connection-flags.ts';

const refuse = (host: Host, code: string, what: string, remedy: string): ConnectionError =>
  new ConnectionError('protocol', {
    code,
    message: `${host.name}: ${what}.`,
    remedy,
    facts: { host: host.name },
  });

/** Ansible's names of what we do by SSH, short and in full. */
const bySsh = ['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'libssh'];

/** `ansible_connection`: what of Ansible's connections a host wants. Throws `ConnectionError` for those that there are not. */
export const connectionKind = (host: Host): 'ssh' | 'local' => {
  const wanted = host.vars['ansible_connection'] ?? 'ssh';
  const name = typeof wanted === 'string' ? wanted.replace(/^ansible\.(builtin|netcommon)\./, '') : '';
  if (name === 'local') return 'local';
  if (bySsh.includes(name)) return 'ssh';
  const what = `ansible_connection is ${JSON.stringify(wanted)}, and hosts are reached by ssh or are this machine (local)`;
  throw refuse(host, 'connection.unknown', what, 'Set ansible_connection: ssh, or leave the host out with --limit');
};

/**
 * By what a host is connected to: its variable `ovsfleet_transport`, else the flag. Throws `ConnectionError` where ssh2 is
 * told to do what only ssh(1) can.
 */
export const transportOf = (
  host: Host,
  flag: TransportName,
  { requires: [requirement] }: Pick<ConnectionSettings, 'requires'>,
): TransportName => {
  const said = host.vars['ovsfleet_transport'];
  const wanted = said === undefined ? flag : transports.find((name) => name === said);
  if (wanted === undefined) {
    const what = `ovsfleet_transport is ${JSON.stringify(said)}, and must be one of ${transports.join(', ')}`;
    throw refuse(host, 'connection.transport', what, 'Set ovsfleet_transport: auto');
  }
  if (wanted === 'ssh2' && requirement !== undefined) {
    const what = `it is to be connected to by ssh2, and needs ssh(1), for ${requirement.why} (${requirement.at})`;
    throw refuse(host, 'connection.transport', what, 'Set ovsfleet_transport: auto, or leave out --transport');
  }
  return wanted;
};
