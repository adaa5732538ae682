import type { Secret } from '../model/secret.ts';

export const becomeMethods = ['sudo', 'su', 'doas'] as const;
export type BecomeMethod = (typeof becomeMethods)[number];

/** As whom programs run on a host, and how the user who is logged in becomes that one. */
export interface Become {
  readonly method: BecomeMethod;
  readonly user: string;
  /** The program, and words that stand right behind it (`sudo su -` is found in many inventories). */
  readonly exe: readonly [string, ...string[]];
  readonly flags: readonly string[];
  readonly password: Secret | null;
}

/** What is meant where a host's variables do not say it. */
export interface BecomeDefaults {
  readonly become: 'yes' | 'no';
  readonly method: BecomeMethod;
  readonly user: string;
  /** One for all hosts. */
  readonly password: Secret | null;
}
