import type { Argv } from 'yargs';

/** How the passwords of Ansible Vault are given; the flags of Ansible. */
export interface VaultFlags {
  readonly files: readonly string[];
  /** `LABEL@SOURCE` or `SOURCE`; a source is a file, a program or `prompt`. */
  readonly ids: readonly string[];
  readonly ask: boolean;
}

export const vaultOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('vault-password-file', {
      alias: 'vault-pass-file',
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'A file with a password of Ansible Vault, or a program that prints it',
    })
    .option('vault-id', {
      type: 'string',
      array: true,
      nargs: 1,
      describe: 'The same under a label: LABEL@FILE, or LABEL@prompt',
    })
    .option('ask-vault-pass', {
      alias: ['J', 'ask-vault-password'],
      type: 'boolean',
      default: false,
      describe: 'Ask for the password of Ansible Vault',
    });

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

export const vaultFlagsOf = (argv: Readonly<Record<string, unknown>>): VaultFlags => ({
  files: texts(argv['vaultPasswordFile']),
  ids: texts(argv['vaultId']),
  ask: argv['askVaultPass'] === true,
});
