import { writeFile } from 'node:fs/promises';
import type { Lab } from '../../../src/lab/index.ts';
import { say } from './bring-up.ts';
import type { Controller } from './product.ts';

/** Of users who log in to lab hosts: what their hosts let them become, and how. */
export const usersScript = (users: readonly string[], sudoers: readonly string[], doas: readonly string[]): string => `
set -e
for user in ${users.join(' ')}; do
  useradd -m -s /bin/bash "$user"
  mkdir -m 0700 "/home/$user/.ssh"
  cp /root/.ssh/authorized_keys "/home/$user/.ssh/"
  chown -R "$user:" "/home/$user/.ssh"
  echo "$user:open sesame, $user" | chpasswd
done
echo 'root:open sesame, root' | chpasswd
cat >/etc/sudoers.d/users <<'END'
${sudoers.join('\n')}
END
chmod 0440 /etc/sudoers.d/users
visudo -c -q
cat >/etc/doas.conf <<'END'
${doas.join('\n')}
END
chmod 0600 /etc/doas.conf
`;

export const addUsers = (lab: Lab, host: string, script: string): Promise<string> => say(lab, host, script);

/** One way in: an inventory host, which may be the same machine as another. */
export interface WayIn {
  readonly host: string;
  readonly user: string;
  readonly vars?: Readonly<Record<string, string>>;
}

/** Writes the controller's inventory: each way in under a name of its own. */
export const writeInventory = async (
  lab: Lab,
  operator: Controller,
  ways: Readonly<Record<string, WayIn>>,
): Promise<void> => {
  const entries = Object.entries(ways).map(([name, { host, user, vars = {} }]) => [
    `    ${name}:`,
    `      ansible_host: "${lab.host(host).address}"`,
    `      ansible_user: "${user}"`,
    `      ansible_ssh_private_key_file: "${lab.directory}/key"`,
    `      ovsfleet_known_hosts: "${lab.directory}/known_hosts"`,
    ...Object.entries(vars).map(([key, value]) => `      ${key}: ${JSON.stringify(value)}`),
  ]);
  await writeFile(operator.inventory, `all:\n  hosts:\n${entries.flat().join('\n')}\n`);
};
