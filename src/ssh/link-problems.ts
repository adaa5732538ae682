import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { endpoint, hostFacts, sshLine } from './naming.ts';
import { errorMessage } from './reasons.ts';

const lost = (host: Host, what: string, cause: unknown): ConnectionError =>
  new ConnectionError(
    'lost',
    {
      code: 'ssh.lost',
      message: `${host.name}: ${what}; what was running there may still run.`,
      remedy: `${sshLine(host)} true; when it answers, do the same again: the host is read before it is changed`,
      facts: hostFacts(host),
    },
    cause,
  );

export const linkLost = (host: Host, cause: Error | undefined): ConnectionError =>
  lost(
    host,
    `the connection to ${endpoint(host)} was lost${cause === undefined ? '' : ` (${errorMessage(cause)})`}`,
    cause,
  );

export const lostWithJump = (host: Host, jump: Host, cause: ConnectionError): ConnectionError =>
  lost(
    host,
    `the connection to ${endpoint(host)} was lost with that to its jump host ${jump.name} (${errorMessage(cause.cause ?? 'closed')})`,
    cause,
  );

export const endedWithoutStatus = (host: Host): ConnectionError =>
  lost(host, `${endpoint(host)} closed a session without saying how its command ended`, undefined);

export const channelNotOpened = (host: Host, ms: number): ConnectionError =>
  lost(host, `${endpoint(host)} did not open a session within ${ms / 1000} s`, undefined);

export const channelRefused = (host: Host, cause: unknown): ConnectionError =>
  new ConnectionError(
    'refused',
    {
      code: 'ssh.session-refused',
      message: `${host.name}: ${endpoint(host)} refuses to open another session: ${errorMessage(cause)}.`,
      remedy: `${sshLine(host)} true; on the host: sshd -T | grep -i -e maxsessions -e forcecommand`,
      facts: hostFacts(host),
    },
    cause,
  );
