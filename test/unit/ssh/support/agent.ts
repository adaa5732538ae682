import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { execute } from './sshd.ts';

/** A real ssh-agent, with `options` besides, that holds these keys, in this order; ends with the test. Its socket. */
export const agentWith = async (
  directory: string,
  keys: readonly string[],
  options: readonly string[] = [],
): Promise<string> => {
  const socket = join(directory, `agent-${keys.length}-${process.hrtime.bigint()}`);
  const agent = spawn('ssh-agent', ['-D', '-a', socket, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void agent.kill());
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  for (const key of keys) await execute('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
};
