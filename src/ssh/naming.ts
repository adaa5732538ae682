import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';

/** `10.0.0.7:22`, `[2001:db8::7]:22`. */
export const endpoint = (host: Host): string =>
  host.address.includes(':') ? `[${host.address}]:${host.port}` : `${host.address}:${host.port}`;

/** The line to type that reaches the same host with ssh(1). */
export const sshLine = (host: Host): string =>
  [
    'ssh',
    ...(host.port === 22 ? [] : ['-p', String(host.port)]),
    ...(host.privateKeyFile === undefined ? [] : ['-i', quote(host.privateKeyFile)]),
    quote(`${host.user}@${host.address}`),
  ].join(' ');

/** The line to type that records the keys of a host, and of those that it is reached through. */
export const enrolLine = (host: Host, ...more: readonly string[]): string =>
  ['ovsfleet keys trust', quote(host.name), ...more, '-i …'].join(' ');

/** The facts that every problem of a connection has. */
export const hostFacts = (host: Host): Readonly<Record<string, string | number>> => ({
  host: host.name,
  address: host.address,
  port: host.port,
  user: host.user,
});
