import type { Argv } from 'yargs';
import { fleetOptions, outputOptions } from './options.ts';

/** What a run or a plan is told on the command line. */
export interface RunFlags {
  readonly playbook: string;
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly user: string;
  readonly forks: number;
  readonly extra: readonly string[];
  readonly store: string | undefined;
  readonly check: boolean;
  readonly typeCheck: boolean;
  readonly verbose: number;
  readonly json: boolean;
  readonly color: boolean | undefined;
}

export const storeOption = <T>(yargs: Argv<T>) =>
  yargs.option('store', {
    type: 'string',
    nargs: 1,
    describe: 'Where builds are kept; .ovsfleet/artifacts beside the inventory unless said',
  });

/** The flags of `run` and `plan`. */
export const runOptions = <T>(yargs: Argv<T>) =>
  storeOption(outputOptions(fleetOptions(yargs)))
    .positional('playbook', { type: 'string', demandOption: true, describe: 'A playbook, e.g. playbooks/upgrade.ts' })
    .option('extra', {
      alias: ['e', 'extra-vars'],
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'A parameter: NAME=VALUE, a JSON object, or @FILE',
    })
    .option('type-check', {
      type: 'boolean',
      default: true,
      describe: 'Check the playbook with TypeScript before it runs',
    })
    .option('allow-disruption', {
      type: 'boolean',
      default: false,
      describe: 'Swap hosts too whose traffic cannot be kept',
    })
    .option('diff', {
      alias: 'D',
      type: 'boolean',
      default: false,
      describe: 'Show before → after of each change as it is made',
    });

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** yargs' parsed flags, as what they are. */
export const flagsOf = (argv: Readonly<Record<string, unknown>>): RunFlags => ({
  playbook: text(argv['playbook']) ?? '',
  inventory: texts(argv['inventory']),
  limit: text(argv['limit']),
  user: text(argv['user']) ?? '',
  forks: Number(argv['forks'] ?? 20),
  extra: [...texts(argv['extra']), ...(argv['allowDisruption'] === true ? ['allow_disruption=yes'] : [])],
  store: text(argv['store']),
  check: argv['check'] === true,
  typeCheck: argv['typeCheck'] !== false,
  verbose: Number(argv['verbose'] ?? 0) + (argv['diff'] === true ? 1 : 0),
  json: argv['json'] === true,
  color: typeof argv['color'] === 'boolean' ? argv['color'] : undefined,
});
