import type { Secret } from './secret.ts';

/** A value as inventories can hold it; what a vault holds is a `Secret`. */
export type Value = string | number | boolean | null | Secret | readonly Value[] | { readonly [key: string]: Value };

/** One managed host, as the inventory says it: merged variables, and where to connect. */
export interface Host {
  /** The inventory name; what every message calls it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** What nobody said, so that ssh_config may say otherwise; absent where all of it was said. */
  readonly assumed?: readonly ('port' | 'user')[];
  /** Path of a private key on the controller; the SSH agent is asked when it is absent. */
  readonly privateKeyFile?: string;
  /** known_hosts files to verify the host's key with, in place of the user's own. */
  readonly knownHostsFiles?: readonly string[];
  /** Groups it is in, nearest first, without `all`. */
  readonly groups: readonly string[];
  /** All variables, merged as Ansible merges them. */
  readonly vars: Readonly<Record<string, Value>>;
}
