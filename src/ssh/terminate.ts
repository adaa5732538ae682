import type { Client, ClientChannel } from 'ssh2';

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/**
 * Sends TERM to a remote command's process group (RFC 4254, 6.9). ssh2's own `signal` does nothing once stdin was ended,
 * though a request may follow an end of file (RFC 4254, 5.3), so its protocol object is asked instead.
 * OpenSSH delivers signals since 7.9, and never to the sessions of root: there the command only sees its pipes closed.
 */
export const terminate = (client: Client, channel: ClientChannel): void => {
  const protocol = field(client, '_protocol');
  const signal = field(protocol, 'signal');
  const id = field(channel.outgoing, 'id');
  const state = field(channel.outgoing, 'state');
  if (typeof signal === 'function' && typeof id === 'number' && (state === 'open' || state === 'eof')) {
    Reflect.apply(signal, protocol, [id, 'TERM']);
  }
};
