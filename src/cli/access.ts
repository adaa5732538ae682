import type { BecomeDefaults } from '../become/index.ts';
import type { SshSettings } from '../ssh/index.ts';
import { type BecomeFlags, becomeDefaults, becomeFlagsOf } from './become-flags.ts';
import { home } from './options.ts';
import { openSshSettings, sshFlagsOf, type TypedSshFlags } from './ssh-flags.ts';

/** What was typed of getting at hosts, where their variables do not say it. */
export interface AccessFlags {
  readonly become: BecomeFlags;
  readonly ssh: TypedSshFlags;
}

export const accessFlagsOf = (argv: Readonly<Record<string, unknown>>): AccessFlags => ({
  become: becomeFlagsOf(argv),
  ssh: sshFlagsOf(argv),
});

/** The same with all passwords in it, and with what ssh_config says. */
export interface Access {
  readonly become: BecomeDefaults;
  readonly ssh: SshSettings;
}

/** Passwords are asked for here, each once. */
export const openAccess = async (flags: AccessFlags): Promise<Access> => ({
  become: await becomeDefaults(flags.become),
  ssh: openSshSettings(flags.ssh, home),
});
