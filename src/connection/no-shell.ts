import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Exit } from '../model/ports.ts';

/** The login was fine, and then nothing of ours ran: its shell is python or nologin, or a ForceCommand goes its own way. */
export const noShell = (host: Host, stdout: string, stderr: string, exit: Exit): ConnectionError => {
  const said = [stderr, stdout].map((text) => text.trim().split('\n').at(-1) ?? '').find((line) => line !== '');
  return new ConnectionError('auth', {
    code: 'connection.no-shell',
    message: `${host.name}: the login shell of ${host.user} runs no commands of sh: ${said ?? `exit code ${exit.code}`}.`,
    remedy: `On the host: getent passwd ${host.user}; sshd -T -C user=${host.user} | grep -i forcecommand; or log in as another user`,
    facts: { host: host.name, user: host.user },
  });
};
