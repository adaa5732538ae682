import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import { quote } from '../shell/index.ts';
import { endpoint, hostFacts, sshLine } from './naming.ts';
import { errorMessage } from './reasons.ts';

const facts = (host: Host, jump: Host): Readonly<Record<string, string | number>> => ({
  ...hostFacts(host),
  jump: jump.name,
});

/** What stands in the way of a host is the trouble of its jump host: told with the host's name, and the jump host's remedy. */
export const throughJump = (host: Host, jump: Host, cause: unknown): unknown => {
  if (!(cause instanceof ConnectionError)) return cause;
  const trouble = cause.message.startsWith(`${jump.name}: `)
    ? cause.message.slice(jump.name.length + 2)
    : cause.message;
  return new ConnectionError(
    cause.fault,
    {
      code: cause.code,
      message: `${host.name}: no way through its jump host ${jump.name}: ${trouble}`,
      remedy: cause.remedy.replaceAll(`keys trust ${quote(jump.name)} `, `keys trust ${quote(host.name)} `),
      facts: { ...cause.facts, ...facts(host, jump) },
    },
    cause,
  );
};

export const jumpForbids = (host: Host, jump: Host, cause: unknown): ConnectionError =>
  new ConnectionError(
    'refused',
    {
      code: 'ssh.jump-forbids',
      message: `${host.name}: its jump host ${jump.name} lets nobody through to ${endpoint(host)}.`,
      remedy: `On ${jump.name}: sshd -T -C user=${jump.user} | grep -i -e allowtcpforwarding -e permitopen -e disableforwarding`,
      facts: facts(host, jump),
    },
    cause,
  );

export const jumpFailed = (host: Host, jump: Host, cause: unknown): ConnectionError =>
  new ConnectionError(
    'unreachable',
    {
      code: 'ssh.unreachable',
      message: `${host.name}: its jump host ${jump.name} cannot connect to ${endpoint(host)}: ${errorMessage(cause)}.`,
      remedy: `${sshLine(jump)} getent hosts ${host.address}; ${sshLine(jump)} nc -zv ${host.address} ${host.port}`,
      facts: facts(host, jump),
    },
    cause,
  );

export const jumpGetsNoAnswer = (host: Host, jump: Host, ms: number): ConnectionError =>
  new ConnectionError('unreachable', {
    code: 'ssh.unreachable',
    message: `${host.name}: its jump host ${jump.name} gets no answer from ${endpoint(host)} within ${ms / 1000} s.`,
    remedy: `${sshLine(jump)} nc -zv ${host.address} ${host.port}`,
    facts: facts(host, jump),
  });
