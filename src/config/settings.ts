/** What kind of value a setting has. A path in a file counts from the directory of that file. */
export type SettingKind = 'text' | 'texts' | 'path' | 'path-or-none' | 'paths' | 'switch' | 'count' | 'params';

export interface SettingSpec {
  readonly kind: SettingKind;
  readonly about: string;
  /** All that it may be; any when absent. */
  readonly choices?: readonly string[];
}

/**
 * All that `ovsfleet.yaml` and the environment may say. Each is the flag of the same name (`vault_password_file` is
 * `--vault-password-file` and `OVSFLEET_VAULT_PASSWORD_FILE`), but for `params`.
 */
export const settingSpecs = {
  inventory: { kind: 'paths', about: 'where hosts are listed' },
  user: { kind: 'text', about: 'whom to log in as where the inventory does not say' },
  ssh_config: { kind: 'path-or-none', about: 'in the place of ~/.ssh/config and /etc/ssh/ssh_config; none: neither' },
  ssh_common_args: { kind: 'text', about: 'options of ssh, where the inventory has no ansible_ssh_common_args' },
  ssh_extra_args: { kind: 'text', about: 'options of ssh, where the inventory has no ansible_ssh_extra_args' },
  accept_new_host_keys: { kind: 'switch', about: 'record the keys of hosts that no known_hosts file knows' },
  private_key: { kind: 'path', about: 'the key to log in with, where the inventory names none' },
  ask_pass: { kind: 'switch', about: 'ask for the password to log in with' },
  timeout: { kind: 'count', about: 'seconds that a host has to answer' },
  transport: { kind: 'text', about: 'how hosts are connected to', choices: ['auto', 'ssh2', 'openssh'] },
  become: { kind: 'switch', about: 'become root, or another user, on hosts' },
  become_method: { kind: 'text', about: 'how', choices: ['sudo', 'su', 'doas'] },
  become_user: { kind: 'text', about: 'whom to become' },
  ask_become_pass: { kind: 'switch', about: 'ask for the password of sudo, su or doas' },
  become_password_file: { kind: 'path', about: 'a file with that password' },
  forks: { kind: 'count', about: 'how many hosts are connected to at once' },
  fleet_directory: { kind: 'path', about: 'where runs, locks and builds are kept, in .ovsfleet' },
  store: { kind: 'path', about: 'where builds are kept' },
  policy: { kind: 'paths', about: 'policies that hold besides those of the site and of the inventory' },
  vault_password_file: { kind: 'paths', about: 'files with passwords of Ansible Vault' },
  vault_id: { kind: 'texts', about: 'the same under labels, LABEL@FILE' },
  ask_vault_pass: { kind: 'switch', about: 'ask for the password of Ansible Vault' },
  type_check: { kind: 'switch', about: 'check playbooks with TypeScript before they run' },
  wait: { kind: 'switch', about: 'sleep until a maintenance window opens' },
  ticket: { kind: 'text', about: 'the change that runs belong to' },
  color: { kind: 'switch', about: 'colour' },
  verbose: { kind: 'count', about: '1 shows steps, 2 what they print' },
  diff: { kind: 'switch', about: 'show what changes in files' },
  params: { kind: 'params', about: 'parameters of playbooks, where neither -e nor the inventory says them' },
} as const satisfies Readonly<Record<string, SettingSpec>>;

export type SettingName = keyof typeof settingSpecs;

export const settingNames: readonly string[] = Object.keys(settingSpecs);

const specs: ReadonlyMap<string, SettingSpec> = new Map(Object.entries(settingSpecs));

export const specOf = (name: string): SettingSpec | undefined => specs.get(name);

/** `OVSFLEET_VAULT_PASSWORD_FILE` */
export const variableOf = (name: string): string => `OVSFLEET_${name.toUpperCase()}`;

/** `vault-password-file` */
export const flagOf = (name: string): string => name.replaceAll('_', '-');

export type SettingValue = string | number | boolean | readonly string[] | Readonly<Record<string, unknown>>;

/** A value and where it is said: `ovsfleet.yaml:3`, `OVSFLEET_FORKS`. */
export interface Setting {
  readonly name: string;
  readonly value: SettingValue;
  readonly from: string;
  /** What relative paths among parameters count from. */
  readonly directory: string;
}
