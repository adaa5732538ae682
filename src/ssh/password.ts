import type { Host } from '../model/host.ts';
import { Secret } from '../model/secret.ts';

/** The last that is set wins, as in Ansible's ssh connection. */
const names = ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'];

/**
 * The login password of a host: what its variables say, else what whoever started the run types, if that was asked for.
 * Jump hosts have none: a password goes to no other machine than the one it is for.
 */
export const passwordOf = async (
  host: Host,
  typed: (() => Promise<Secret>) | undefined,
): Promise<Secret | undefined> => {
  const name = names.findLast((candidate) => host.vars[candidate] !== undefined);
  const value = name === undefined ? undefined : host.vars[name];
  if (value instanceof Secret) return value;
  if (typeof value === 'string' || typeof value === 'number') return new Secret(String(value));
  return await typed?.();
};
