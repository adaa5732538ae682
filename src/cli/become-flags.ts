import { readFile } from 'node:fs/promises';
import type { Argv } from 'yargs';
import { type BecomeDefaults, becomeMethods } from '../become/index.ts';
import { FleetError } from '../model/error.ts';
import { Secret } from '../model/secret.ts';
import { askSecret } from './ask-secret.ts';

/** The flags of Ansible that say as whom hosts are worked on, where their variables do not say it. */
export const becomeOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('become', {
      alias: 'b',
      type: 'boolean',
      default: false,
      describe: 'Become root (or --become-user) on hosts',
    })
    .option('become-method', {
      choices: becomeMethods,
      default: 'sudo',
      nargs: 1,
      describe: 'How: sudo, su or doas',
    } as const)
    .option('become-user', { type: 'string', nargs: 1, default: 'root', describe: 'Whom to become' })
    .option('ask-become-pass', {
      alias: 'K',
      type: 'boolean',
      default: false,
      describe: 'Ask for the password of sudo, su or doas, once for all hosts',
    })
    .option('become-password-file', {
      alias: 'become-pass-file',
      type: 'string',
      nargs: 1,
      describe: 'A file with that password',
    });

const fromFile = async (path: string): Promise<Secret> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new FleetError(
      {
        code: 'input.become-password',
        message: `the become password file ${path} cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}).`,
        remedy: 'Give the path of a file that holds the password alone.',
        facts: { file: path },
      },
      error,
    );
  });
  const password = text.trim();
  if (password !== '' && !/[\n\0]/.test(password)) return new Secret(password);
  throw new FleetError({
    code: 'input.become-password',
    message: `the become password file ${path} holds no password of one line.`,
    remedy: 'Put the password into it, and nothing else.',
    facts: { file: path },
  });
};

/** What was typed of becoming another user. */
export interface BecomeFlags extends Omit<BecomeDefaults, 'password'> {
  readonly passwordFile: string | null;
  readonly ask: 'yes' | 'no';
}

export const becomeFlagsOf = (argv: Readonly<Record<string, unknown>>): BecomeFlags => ({
  become: argv['become'] === true ? 'yes' : 'no',
  method: becomeMethods.find((method) => method === argv['becomeMethod']) ?? 'sudo',
  user: typeof argv['becomeUser'] === 'string' ? argv['becomeUser'] : 'root',
  passwordFile: typeof argv['becomePasswordFile'] === 'string' ? argv['becomePasswordFile'] : null,
  ask: argv['askBecomePass'] === true ? 'yes' : 'no',
});

const typeIt = 'Type it on the terminal, or give a file: --become-password-file FILE';

/** The same with the password, which is asked for here. Throws `input.become-password`, `input.no-secret`. */
export const becomeDefaults = async ({ passwordFile, ask, ...said }: BecomeFlags): Promise<BecomeDefaults> => {
  if (passwordFile !== null) return { ...said, password: await fromFile(passwordFile) };
  return { ...said, password: ask === 'yes' ? await askSecret('BECOME password', typeIt) : null };
};
