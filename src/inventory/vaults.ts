import type { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';
import { isVaulted, openVaulted, type VaultPassword } from '../vault/index.ts';
import { type Position, showPosition } from '../yaml/index.ts';
import type { TextFile } from './files.ts';
import { type Problems, report } from './problems.ts';
import { refusal } from './refuse.ts';

/** Opens what is encrypted in the files of one inventory. */
export interface Vaults {
  /** A `!vault` value. Without any password it stays sealed: opening it is refused, the rest of the inventory serves. */
  readonly openValue: (ciphertext: string, at: Position) => Secret;
  /** A file as it is, or what it holds when it is encrypted whole; nothing when it cannot be opened. */
  readonly openFile: (file: TextFile) => TextFile | undefined;
  /** Keeps a problem for what no password opened: one, however many values that are. */
  readonly reportClosed: () => void;
}

const FLAGS = 'Add --vault-password-file FILE, --vault-id LABEL@FILE or --ask-vault-pass';

const wanted = (label: string | null): string => (label === null ? '' : ` (it was encrypted as "${label}")`);

const noPassword = (at: Position, what: string, label: string | null): FleetError =>
  refusal(at, 'vault-password', `this ${what} is encrypted${wanted(label)}, and no vault password was given`, FLAGS);

export const vaultsOf = (passwords: readonly VaultPassword[], problems: Problems): Vaults => {
  const closed: { readonly at: Position; readonly label: string | null }[] = [];

  /** The text, or how the secret answers who opens it. */
  const open = (text: string, at: Position, what: string): string | FleetError => {
    const opened = openVaulted(text, passwords);
    switch (opened.kind) {
      case 'opened':
        return opened.text;
      case 'no-password':
        return noPassword(at, what, opened.label);
      case 'wrong-password':
        closed.push({ at, label: opened.label });
        return refusal(at, 'vault-password', `no vault password opens this ${what}`, FLAGS);
      case 'damaged': {
        const damaged = refusal(
          at,
          'vault',
          `this ${what} ${opened.damage}`,
          'Encrypt it again: ansible-vault encrypt',
        );
        report(problems, damaged);
        return damaged;
      }
    }
  };

  return {
    openValue: (ciphertext, at) => {
      const opened = open(ciphertext, at, 'value');
      if (typeof opened === 'string') return new Secret(opened);
      return new Secret(() => {
        throw opened;
      });
    },
    openFile: (file) => {
      if (!isVaulted(file.text)) return file;
      const opened = open(file.text, { file: file.path, line: 1, column: 1 }, 'file');
      if (typeof opened !== 'string') {
        if (passwords.length === 0) report(problems, opened);
        return undefined;
      }
      return { ...file, text: opened, values: 'hidden' };
    },
    reportClosed: () => {
      const [first] = closed;
      if (first === undefined) return;
      const more = closed.length === 1 ? '' : `, nor ${closed.length - 1} more of this inventory`;
      const message = `the vault password is wrong: it does not open this${wanted(first.label)}${more}`;
      const several = `none of the ${passwords.length} vault passwords opens this${wanted(first.label)}${more}`;
      report(
        problems,
        refusal(
          first.at,
          'vault-password',
          passwords.length === 1 ? message : several,
          `Try it by hand: ansible-vault view ${first.at.file} (${showPosition(first.at)})`,
        ),
      );
    },
  };
};
