import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';
import type { VaultPassword } from '../vault/index.ts';
import { askSecret } from './ask-secret.ts';
import type { VaultFlags } from './vault-flags.ts';

const DEFAULT = 'default';
const LIMIT = 60_000;
const typeIt = 'Type it on the terminal, or give a file: --vault-password-file FILE';

const run = promisify(execFile);

/** As Ansible: a program whose name ends in `-client` is told the label. */
const printed = async (path: string, label: string): Promise<string> => {
  const wantsLabel = /-client(?:\.[^.]*)?$/.test(basename(path));
  const { stdout } = await run(resolve(path), wantsLabel ? ['--vault-id', label] : [], { timeout: LIMIT });
  return stdout;
};

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const fromFile = async (path: string, label: string): Promise<VaultPassword> => {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new FleetError(
      {
        code: 'input.vault-password',
        message: `the vault password file ${path} ${reason}.`,
        remedy: 'Give the path of a file that holds the password alone, or of a program that prints it',
        facts: { file: path },
      },
      cause,
    );
  };
  const text = await ((await isExecutable(path)) ? printed(path, label) : readFile(path, 'utf8')).catch(
    // What a program printed may be a secret: only how it failed is told.
    (error: unknown) =>
      refuse(`cannot be used (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`),
  );
  const password = text.trim();
  return password === '' ? refuse('is empty') : { label, password: new Secret(password) };
};

const fromId = async (id: string): Promise<VaultPassword> => {
  const at = id.indexOf('@');
  const label = at <= 0 ? DEFAULT : id.slice(0, at);
  const source = at === -1 ? id : id.slice(at + 1);
  if (source !== 'prompt' && source !== 'prompt_ask_vault_pass') return fromFile(source, label);
  return { label, password: await askSecret(`Vault password (${label})`, typeIt) };
};

/** The passwords that the flags name, in their order; those to be asked for are asked here, once. */
export const vaultPasswords = async ({ files, ids, ask }: VaultFlags): Promise<readonly VaultPassword[]> => {
  const found: VaultPassword[] = [];
  for (const id of ids) found.push(await fromId(id));
  for (const file of files) found.push(await fromFile(file, DEFAULT));
  if (ask) found.push({ label: DEFAULT, password: await askSecret('Vault password', typeIt) });
  return found;
};
