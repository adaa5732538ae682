import { expect } from 'vitest';
import { transportOver } from '../../../../src/connection/index.ts';
import { ConnectionError } from '../../../../src/model/connection-error.ts';
import { FleetError } from '../../../../src/model/error.ts';
import type { Transport } from '../../../../src/model/ports.ts';
import { type SshOptions, sshShells } from '../../../../src/ssh/index.ts';

/** A transport that knows nothing of the machine it runs on. */
export const transport = (options: Partial<SshOptions> = {}): Transport =>
  transportOver(
    sshShells({
      home: '/nonexistent',
      agentSocket: undefined,
      random: () => 0.5,
      systemKnownHostsFile: '/nonexistent/ssh_known_hosts',
      ...options,
    }),
  );

/** What a promise rejects with; fails when it does not. */
export const failure = async (promise: Promise<unknown>): Promise<unknown> => {
  const outcome = await promise.then(
    (value) => ({ value }),
    (reason: unknown) => ({ reason }),
  );
  expect(outcome).toHaveProperty('reason');
  return 'reason' in outcome ? outcome.reason : undefined;
};

/** The problem that a promise rejects with, as an operator sees it. */
export const problem = async (promise: Promise<unknown>) => {
  const reason = await failure(promise);
  if (!(reason instanceof FleetError)) {
    throw reason;
  }
  const fault = reason instanceof ConnectionError ? reason.fault : undefined;
  return { fault, code: reason.code, message: reason.message, remedy: reason.remedy, facts: reason.facts };
};
