import type { Host, Value } from '../model/host.ts';
import { openSecret, Secret } from '../model/secret.ts';
import type { SecretBook } from '../shell/index.ts';

/** Passwords of variables that were written down as they are. */
const passwordName = /^ansible_(ssh_|become_|sudo_|su_|doas_)?pass(word)?$/;

/** In a file that is encrypted whole much is no secret: hiding `eth0` or `root` would spoil what hosts print. */
const leastOfVault = 8;

const secretsIn = (value: Value): readonly Secret[] => {
  if (value instanceof Secret) return [value];
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretsIn) : [];
};

/** One whose vault nobody opened is not known, and cannot be hidden. */
const lengthOf = (secret: Secret): number => {
  try {
    const content = openSecret(secret);
    return typeof content === 'string' ? content.length : 0;
  } catch {
    return 0;
  }
};

/** Has all that the variables of hosts hold in vaults, and their passwords, hidden wherever a host prints it. */
export const hideSecretsOf = (hosts: readonly Host[], secrets: SecretBook): void => {
  const seen = new Set<Secret>();
  for (const { vars } of hosts) {
    for (const [name, value] of Object.entries(vars)) {
      const isPassword = passwordName.test(name);
      if (isPassword && (typeof value === 'string' || typeof value === 'number')) secrets.open(new Secret(value));
      for (const secret of secretsIn(value)) {
        if (seen.has(secret)) continue;
        seen.add(secret);
        const length = lengthOf(secret);
        if (length >= leastOfVault || (isPassword && length > 0)) secrets.open(secret);
      }
    }
  }
};
