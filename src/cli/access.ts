import type { BecomeDefaults } from '../become/index.ts';
import type { Secret } from '../model/secret.ts';
import { type SecretBook, secretBook } from '../shell/index.ts';
import type { SshSettings } from '../ssh/index.ts';
import { type BecomeFlags, becomeDefaults, becomeFlagsOf } from './become-flags.ts';
import {
  type ConnectionDefaults,
  type ConnectionFlags,
  connectionDefaults,
  connectionFlagsOf,
} from './connection-flags.ts';
import { home } from './options.ts';
import { openSshSettings, sshFlagsOf, type TypedSshFlags } from './ssh-flags.ts';

/** What was typed of getting at hosts, where their variables do not say it. */
export interface AccessFlags {
  readonly become: BecomeFlags;
  readonly ssh: TypedSshFlags;
  readonly connection: ConnectionFlags;
}

export const accessFlagsOf = (argv: Readonly<Record<string, unknown>>): AccessFlags => ({
  become: becomeFlagsOf(argv),
  ssh: sshFlagsOf(argv),
  connection: connectionFlagsOf(argv),
});

/** The same with all passwords in it, and with what ssh_config says. */
export interface Access {
  readonly become: BecomeDefaults;
  readonly ssh: SshSettings;
  readonly connection: ConnectionDefaults;
  /** Of key files, as far as they were asked for. */
  readonly passphrases: Map<string, Secret>;
  readonly secrets: SecretBook;
}

/** Passwords are asked for here, each once: that of the login first, as Ansible does. */
export const openAccess = async (flags: AccessFlags): Promise<Access> => {
  const connection = await connectionDefaults(flags.connection);
  const become = await becomeDefaults(flags.become);
  const secrets = secretBook();
  // Known from the start: a host may say them before they are asked for.
  for (const { password } of [connection, become]) if (password !== null) secrets.open(password);
  return { connection, become, secrets, passphrases: new Map(), ssh: openSshSettings(flags.ssh, home) };
};
