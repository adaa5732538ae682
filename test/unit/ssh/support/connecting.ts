import { expect } from 'vitest';
import { transportOver } from '../../../../src/connection/index.ts';
import { type LocalOptions, localShells } from '../../../../src/local/index.ts';
import { ConnectionError } from '../../../../src/model/connection-error.ts';
import type { ConnectionSettings, SettingsOf } from '../../../../src/model/connection-settings.ts';
import { FleetError } from '../../../../src/model/error.ts';
import type { Host } from '../../../../src/model/host.ts';
import type { Transport } from '../../../../src/model/ports.ts';
import { type OpensshOptions, opensshShells } from '../../../../src/openssh/index.ts';
import { type SshOptions, sshSettings, sshShells } from '../../../../src/ssh/index.ts';

interface Surroundings {
  readonly home?: string;
  readonly agentSocket?: string;
  /** What ssh_config would say of hosts besides. */
  readonly also?: (host: Host) => Partial<ConnectionSettings>;
}

/** How hosts are reached where nobody but the inventory speaks. */
export const plainSettings = (home: string, agentSocket: string | undefined): SettingsOf =>
  sshSettings({
    home,
    localUser: 'nobody',
    uid: process.getuid?.() ?? 0,
    localHost: 'controller',
    env: agentSocket === undefined ? {} : { SSH_AUTH_SOCK: agentSocket },
    flags: {},
    systemConfig: '/nonexistent/ssh_config',
    systemKnownHosts: ['/nonexistent/ssh_known_hosts'],
  }).of;

/** A transport that knows nothing of the machine it runs on. */
export const transport = ({
  home = '/nonexistent',
  agentSocket,
  also = () => ({}),
  ...options
}: Partial<SshOptions> & Surroundings = {}): Transport => {
  const plain = plainSettings(home, agentSocket);
  return transportOver(
    sshShells({ settings: (host) => ({ ...plain(host), ...also(host) }), random: () => 0.5, ...options }),
  );
};

/** The same by the OpenSSH program. */
export const openssh = ({
  home = '/nonexistent',
  agentSocket,
  also = () => ({}),
  ...options
}: Partial<OpensshOptions> & Surroundings = {}): Transport => {
  const plain = plainSettings(home, agentSocket);
  return transportOver(
    opensshShells({
      settings: (host) => {
        const settings = plain(host);
        return { ...settings, sshOptions: ['-F', 'none', ...settings.sshOptions], ...also(host) };
      },
      random: () => 0.5,
      env: { PATH: process.env['PATH'] },
      node: process.execPath,
      temporary: '/tmp',
      ...options,
    }),
  );
};

/** The same without SSH. */
export const onThisMachine = (timing: LocalOptions['timing'] = {}): Transport =>
  transportOver(localShells({ directory: '/tmp', env: { PATH: process.env['PATH'] }, timing }));

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
