import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { endpoint, hostFacts, sshLine } from './naming.ts';
import { errorCode, errorMessage } from './reasons.ts';

const seconds = (ms: number): string => `${ms / 1000} s`;

export const refused = (host: Host, cause: unknown): ConnectionError =>
  new ConnectionError(
    'refused',
    {
      code: 'ssh.refused',
      message: `${host.name}: ${endpoint(host)} refuses connections: nothing listens there, or a firewall rejects.`,
      remedy: `On the host's console: systemctl status ssh sshd; ss -ltn 'sport = :${host.port}'; or correct ansible_host, ansible_port`,
      facts: hostFacts(host),
    },
    cause,
  );

const whyUnreachable = (host: Host, code: string | undefined, cause: unknown): string => {
  switch (code) {
    case 'ENOTFOUND':
      return `the name ${host.address} does not resolve`;
    case 'EAI_AGAIN':
      return `no name server could say what ${host.address} resolves to`;
    case 'EHOSTUNREACH':
      return `there is no route to ${endpoint(host)}, or nothing answers for its address`;
    case 'ENETUNREACH':
      return `there is no network route to ${endpoint(host)}`;
    case 'ETIMEDOUT':
      return `${endpoint(host)} does not answer`;
    default:
      return `${endpoint(host)} cannot be reached: ${errorMessage(cause)}`;
  }
};

export const unreachable = (host: Host, cause: unknown): ConnectionError => {
  const code = errorCode(cause);
  const named = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return new ConnectionError(
    'unreachable',
    {
      code: 'ssh.unreachable',
      message: `${host.name}: ${whyUnreachable(host, code, cause)}.`,
      remedy: named ? `getent hosts ${host.address}` : `${sshLine(host)} true; ip route get ${host.address}`,
      facts: hostFacts(host),
    },
    cause,
  );
};

export const noAnswer = (host: Host, ms: number): ConnectionError =>
  new ConnectionError('unreachable', {
    code: 'ssh.unreachable',
    message: `${host.name}: ${endpoint(host)} does not answer within ${seconds(ms)}.`,
    remedy: `${sshLine(host)} true; ip route get ${host.address}`,
    facts: hostFacts(host),
  });

export const silent = (host: Host, ms: number): ConnectionError =>
  new ConnectionError('unreachable', {
    code: 'ssh.silent',
    message: `${host.name}: ${endpoint(host)} took the connection, but the SSH login did not end within ${seconds(ms)}.`,
    remedy: `${sshLine(host)} -v true`,
    facts: hostFacts(host),
  });

export const dropped = (host: Host, attempts: number, cause: unknown): ConnectionError =>
  new ConnectionError(
    'refused',
    {
      code: 'ssh.dropped',
      message:
        `${host.name}: ${endpoint(host)} dropped ${attempts} connections before the SSH handshake: ` +
        `its sshd may have too many logins under way (MaxStartups), may punish this address, or a firewall cuts in.`,
      remedy: `${sshLine(host)} -v true; on the host: sshd -T | grep -i -e maxstartups -e persource`,
      facts: { ...hostFacts(host), attempts },
    },
    cause,
  );

export const authRefused = (
  host: Host,
  tried: readonly string[],
  notes: readonly string[],
  accepted: readonly string[],
  cause: unknown,
): ConnectionError =>
  new ConnectionError(
    'auth',
    {
      code: 'ssh.auth',
      message:
        `${host.name}: ${endpoint(host)} does not let ${host.user} in. Tried: ${tried.join(', then ') || 'nothing'}.` +
        (notes.length === 0 ? '' : ` Left out: ${notes.join('; ')}.`) +
        (accepted.length === 0 ? '' : ` The host accepts: ${accepted.join(', ')}.`) +
        (cause === undefined ? '' : ` It said: ${errorMessage(cause)}.`),
      remedy:
        accepted.length > 0 && !accepted.includes('publickey')
          ? `-k asks for the password; or ${sshLine(host)} -v true to see why`
          : `ssh-copy-id ${sshLine(host).slice('ssh '.length)}, or ${sshLine(host)} -v true to see why`,
      facts: { ...hostFacts(host), tried: tried.join(', '), accepted: accepted.join(',') },
    },
    cause,
  );

export const lostInLogin = (host: Host, cause: unknown): ConnectionError =>
  new ConnectionError(
    'lost',
    {
      code: 'ssh.lost',
      message: `${host.name}: ${endpoint(host)} closed the connection while ${host.user} was logging in.`,
      remedy: `${sshLine(host)} -v true`,
      facts: hostFacts(host),
    },
    cause,
  );

export const notUnderstood = (host: Host, cause: unknown): ConnectionError =>
  new ConnectionError(
    'protocol',
    {
      code: 'ssh.protocol',
      message: `${host.name}: ${endpoint(host)} and we do not come to terms: ${errorMessage(cause)}.`,
      remedy: `${sshLine(host)} -vv true 2>&1 | grep -e kex -e 'host key algorithms'`,
      facts: hostFacts(host),
    },
    cause,
  );
