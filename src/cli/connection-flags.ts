import type { Argv } from 'yargs';
import type { Secret } from '../model/secret.ts';
import { askSecret } from './ask-secret.ts';

/** By what hosts are connected to: `auto` takes ssh2 where that will do, and ssh(1) where only it will. */
export const transports = ['auto', 'ssh2', 'openssh'] as const;

export type TransportName = (typeof transports)[number];

/** The flags that say how to log in and by what, where variables do not say it; user and key are ssh's own. */
export const connectionOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('private-key', {
      alias: 'key-file',
      type: 'string',
      nargs: 1,
      describe: 'Log in with this key, where the inventory names none',
    })
    .option('ask-pass', {
      alias: 'k',
      type: 'boolean',
      default: false,
      describe: 'Ask for the password to log in with, once for all hosts that have none of their own',
    })
    .option('timeout', {
      alias: 'T',
      type: 'number',
      nargs: 1,
      describe: 'Seconds that a host has to answer, whatever ssh_config says',
    })
    .option('transport', {
      choices: transports,
      default: 'auto',
      nargs: 1,
      describe: 'Connect by ssh2 (built in) or openssh (the ssh program); auto: as each host needs',
    } as const);

export interface ConnectionFlags {
  readonly password: 'ask' | 'none';
  readonly transport: TransportName;
}

/** The same once whoever started the run has answered. */
export interface ConnectionDefaults {
  readonly password: Secret | null;
  readonly transport: TransportName;
}

export const connectionFlagsOf = (argv: Readonly<Record<string, unknown>>): ConnectionFlags => ({
  password: argv['askPass'] === true ? 'ask' : 'none',
  transport: transports.find((name) => name === argv['transport']) ?? 'auto',
});

const typeIt = 'Type it on the terminal, or set ansible_password in a vaulted file of the inventory';

/** Throws `input.no-secret`. */
export const connectionDefaults = async ({ password, transport }: ConnectionFlags): Promise<ConnectionDefaults> => ({
  transport,
  password: password === 'ask' ? await askSecret('SSH password', typeIt) : null,
});
