import type { Host } from '../model/host.ts';
import { type Access, type AccessFlags, openAccess } from './access.ts';
import { hideSecretsOf } from './secrets-of-hosts.ts';
import { settleWays } from './ssh-flags.ts';
import { unlockKeys } from './unlock-keys.ts';

/**
 * All that is needed to get at hosts, asked for before anything is connected to, with whatever is secret of it known as
 * such. Throws all that stands in the way of reaching them.
 */
export const accessTo = async (flags: AccessFlags, hosts: readonly Host[]): Promise<Access> => {
  const access = await openAccess(flags);
  settleWays(access.ssh, hosts);
  await unlockKeys(access, hosts);
  for (const passphrase of access.passphrases.values()) access.secrets.open(passphrase);
  hideSecretsOf(hosts, access.secrets);
  return access;
};
