import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionSettings } from '../model/connection-settings.ts';
import type { Host } from '../model/host.ts';
import type { Secret } from '../model/secret.ts';
import { passwordRefused } from '../ssh/index.ts';
import { askpass } from './askpass.ts';
import { type Master, startMaster } from './master.ts';
import type { OpensshOptions } from './options.ts';
import { promptsOf } from './prompts.ts';

export interface LogIn {
  readonly host: Host;
  readonly settings: ConnectionSettings;
  readonly password: Secret | undefined;
  readonly options: Pick<OpensshOptions, 'env' | 'node' | 'passphrase' | 'temporary'>;
  /** Milliseconds. */
  readonly limit: number;
  readonly signal: AbortSignal | undefined;
}

const checking = { strict: 'yes', 'accept-new': 'accept-new', off: 'no' } as const;

const seconds = (ms: number): string => String(Math.ceil(ms / 1_000));

/** What ssh(1) is told before the settings of a host, so that no configuration file can say otherwise. */
const insisted = (settings: ConnectionSettings, prompts: 'asked' | 'none'): readonly string[] =>
  Object.entries({
    BatchMode: prompts === 'asked' ? 'no' : 'yes',
    NumberOfPasswordPrompts: '1',
    StrictHostKeyChecking: checking[settings.hostKeyChecking],
    ControlPersist: 'no',
    ClearAllForwardings: 'yes',
    PermitLocalCommand: 'no',
    RemoteCommand: 'none',
    RequestTTY: 'no',
    ForwardX11: 'no',
    ServerAliveInterval: seconds(settings.serverAliveInterval ?? 10_000),
    ServerAliveCountMax: String(settings.serverAliveCount ?? 3),
    ConnectTimeout: seconds(settings.connectTimeout ?? 10_000),
  }).flatMap(([name, value]) => ['-o', `${name}=${value}`]);

/**
 * One login by ssh(1), in a directory of its own that goes with it. A password is given once.
 * Rejects with `ConnectionError`, `TurnedAway` or the signal's reason.
 */
export const logIn = async ({ host, settings, password, options, limit, signal }: LogIn): Promise<Master> => {
  signal?.throwIfAborted();
  const directory = await mkdtemp(join(options.temporary, 'ovsfleet-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const wrong = new AbortController();
  const asked = password !== undefined || options.passphrase !== undefined ? 'asked' : 'none';
  const prompts = promptsOf({
    settings,
    password,
    passphrase: options.passphrase,
    refused: () => wrong.abort(passwordRefused(host)),
  });
  try {
    const asking = asked === 'asked' ? await askpass(directory, options.node, prompts.answer) : undefined;
    try {
      const master = await startMaster({
        host,
        settings,
        options: insisted(settings, asked),
        env: { ...options.env, LC_ALL: 'C', ...asking?.env },
        directory,
        limit,
        asking: prompts.asking,
        signal: AbortSignal.any([wrong.signal, ...(signal === undefined ? [] : [signal])]),
      });
      void master.gone.then(remove);
      return master;
    } finally {
      asking?.close();
    }
  } catch (error) {
    await remove();
    throw error;
  }
};
