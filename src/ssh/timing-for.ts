import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { SshTiming } from './options.ts';

/**
 * Our limits, with those that ssh_config gives a host in their place (ConnectTimeout, ServerAliveInterval,
 * ServerAliveCountMax), and what the caller insists on before both.
 */
export const timingFor = (
  { connectTimeout, serverAliveInterval, serverAliveCount }: ConnectionSettings,
  ours: SshTiming,
  insisted: Partial<SshTiming> = {},
): SshTiming => ({
  ...ours,
  // ConnectTimeout limits the TCP connection and, again, the handshake (ssh_config(5)).
  ...(connectTimeout === null ? {} : { connect: connectTimeout, ready: Math.max(ours.ready, connectTimeout) }),
  ...(serverAliveInterval === null ? {} : { keepalive: serverAliveInterval }),
  ...(serverAliveCount === null ? {} : { keepaliveCount: serverAliveCount }),
  ...insisted,
});
