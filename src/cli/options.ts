import { homedir } from 'node:os';
import type { Argv } from 'yargs';
import { FleetError } from '../model/error.ts';
import { createLook, type Look } from '../render/index.ts';
import { becomeOptions } from './become-flags.ts';
import { connectionOptions } from './connection-flags.ts';
import { sshOptions } from './ssh-flags.ts';
import { vaultOptions } from './vault-flags.ts';

const inventory = {
  alias: 'i',
  type: 'string',
  array: true,
  nargs: 1,
  describe: 'Inventory: a YAML or INI file, a program, a directory of them, or "host1,host2,"; may repeat',
} as const;

/** What to type when no inventory is given. */
export const sayInventory = 'Say which hosts there are: -i inventory.yaml';

export const inventoryOption = <T>(yargs: Argv<T>) =>
  yargs.option('inventory', { ...inventory, demandOption: sayInventory });

/** The flags that fingers know from Ansible: `-i`, `-l`, `-f`. */
export const fleetOptions = <T>(yargs: Argv<T>) =>
  connectionOptions(sshOptions(becomeOptions(vaultOptions(selectOptions(inventoryOption(yargs))))));

/** The same where something else may say which inventory it is. */
export const fleetOptionsIfAny = <T>(yargs: Argv<T>) =>
  connectionOptions(sshOptions(becomeOptions(vaultOptions(selectOptions(yargs.option('inventory', inventory))))));

const selectOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('limit', {
      alias: 'l',
      type: 'string',
      nargs: 1,
      describe: 'Only these of the hosts (a pattern, or @file)',
    })
    .option('user', {
      alias: 'u',
      type: 'string',
      nargs: 1,
      describe: 'Log in as, where the inventory does not say (else as ssh_config says, else as yourself)',
    })
    .option('fleet-directory', {
      type: 'string',
      nargs: 1,
      describe: 'Keep runs, locks and builds in .ovsfleet of this directory; beside the inventory unless said',
    })
    .option('forks', {
      alias: 'f',
      type: 'number',
      nargs: 1,
      describe: 'Hosts to be connected to at once, 20 unless said; it never raises what a playbook allows',
    });

export const fleetDirectoryOf = (argv: Readonly<Record<string, unknown>>): string | undefined =>
  typeof argv['fleetDirectory'] === 'string' ? argv['fleetDirectory'] : undefined;

/** How many hosts the operator wants to be at work on at once; `null` when they did not say. */
export const forksSaid = (argv: Readonly<Record<string, unknown>>): number | null => {
  const { forks } = argv;
  if (typeof forks !== 'number') return null;
  if (Number.isInteger(forks) && forks > 0) return forks;
  throw new FleetError({
    code: 'input.usage',
    message: `--forks ${forks} is no number of hosts.`,
    remedy: 'For example: --forks 20',
  });
};

/** Hosts that are read at once. */
export const forksOf = (argv: Readonly<Record<string, unknown>>): number => forksSaid(argv) ?? 20;

export const outputOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('verbose', { alias: 'v', type: 'count', describe: 'Show steps (-v), and what they print (-vv)' })
    .option('json', { type: 'boolean', describe: 'Print events as JSON, one a line', default: false })
    .option('color', { type: 'boolean', describe: 'Colour, also where the output is no terminal' });

export const colorOf = (argv: Readonly<Record<string, unknown>>): boolean | undefined =>
  typeof argv['color'] === 'boolean' ? argv['color'] : undefined;

/** Colour on a terminal unless NO_COLOR is set (no-color.org); signs in ASCII where the locale is not UTF-8. */
export const lookFor = (color: boolean | undefined, stream: NodeJS.WriteStream): Look => {
  const env = process.env;
  const wanted = color ?? (stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb');
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C.UTF-8';
  return createLook({ colour: wanted ? 1 : 0, glyphs: /utf-?8/i.test(locale) ? 'unicode' : 'ascii' });
};

export const home: string = homedir();
