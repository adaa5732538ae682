import type { BecomeDefaults } from '../become/index.ts';
import { type BecomeFlags, becomeDefaults, becomeFlagsOf } from './become-flags.ts';

/** What was typed of getting at hosts, where their variables do not say it. */
export interface AccessFlags {
  readonly become: BecomeFlags;
}

export const accessFlagsOf = (argv: Readonly<Record<string, unknown>>): AccessFlags => ({
  become: becomeFlagsOf(argv),
});

/** The same with all passwords in it. */
export interface Access {
  readonly become: BecomeDefaults;
}

/** Passwords are asked for here, each once. */
export const openAccess = async (flags: AccessFlags): Promise<Access> => ({
  become: await becomeDefaults(flags.become),
});
