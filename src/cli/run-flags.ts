import type { Argv } from 'yargs';
import type { Selection } from '../model/selection.ts';
import { type AccessFlags, accessFlagsOf } from './access.ts';
import { type ChangeFlags, changeFlagsOf } from './change-options.ts';
import { type ConfiguredParams, configuredParams, paramsFlag } from './configured-params.ts';
import { fleetDirectoryOf, forksOf, outputOptions } from './options.ts';
import { secretOption } from './secret-params.ts';
import { selectionOf, selectionOptions } from './selection-flags.ts';
import { localUser } from './ssh-flags.ts';
import { typedAgain } from './typed-again.ts';
import { type VaultFlags, vaultFlagsOf } from './vault-flags.ts';

/** What a run or a plan is told on the command line. */
export interface RunFlags {
  readonly access: AccessFlags;
  readonly playbook: string;
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly user: string;
  readonly fleetDirectory: string | undefined;
  /** Flags that whoever goes on with the run must type, too. */
  readonly again: readonly string[];
  readonly vault: VaultFlags;
  readonly forks: number;
  readonly extra: readonly string[];
  /** Where secret parameters come from, as typed. */
  readonly secrets: readonly string[];
  /** Parameters that the configuration says: they hold where neither `extra` nor the inventory says them. */
  readonly configured: ConfiguredParams | null;
  readonly store: string | undefined;
  /** The part of the playbook that is done. */
  readonly selection: Selection;
  readonly check: boolean;
  /** Where a check writes its plan. */
  readonly out: string | undefined;
  /** The plan that a run goes by. */
  readonly plan: string | undefined;
  /** Whether a check writes its reports. */
  readonly report: boolean;
  /** Where it writes them, if not beside its runs. */
  readonly reportTo: string | undefined;
  /** Takes hosts from another run that has them. */
  readonly stealLock: boolean;
  /** What is said of a run that changes hosts. */
  readonly change: ChangeFlags;
  readonly typeCheck: boolean;
  readonly verbose: number;
  /** Whether it is shown what files would change in. */
  readonly diff: boolean;
  readonly json: boolean;
  readonly color: boolean | undefined;
}

export const storeOption = <T>(yargs: Argv<T>) =>
  yargs.option('store', {
    type: 'string',
    nargs: 1,
    describe: 'Where builds are kept; .ovsfleet/artifacts beside the inventory unless said',
  });

/** Of what changes hosts: `run` and `resume`. */
export const lockOption = <T>(yargs: Argv<T>) =>
  yargs.option('steal-lock', {
    type: 'boolean',
    default: false,
    describe: 'Take hosts from another run that has them, and end what it is doing there; never a transaction',
  });

/** What a check may write: `plan`, and `run --check`, which is the same. */
export const paperOptions = <T>(yargs: Argv<T>) =>
  yargs
    .option('out', {
      alias: 'o',
      type: 'string',
      nargs: 1,
      describe: 'Write the plan to this file; run --plan FILE does just that',
    })
    .option('report', {
      type: 'boolean',
      default: false,
      describe: 'Write who conforms and who drifts (HTML, Markdown, JSON) to .ovsfleet/plans/ID',
    })
    .option('report-to', { type: 'string', nargs: 1, describe: 'Write that report to this directory' });

/** What parameters of playbooks are given with. */
export const extraOption = <T>(yargs: Argv<T>) =>
  yargs
    .option('extra', {
      alias: ['e', 'extra-vars'],
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'A parameter: NAME=VALUE, a JSON object, or @FILE',
    })
    .option(paramsFlag, { hidden: true });

/** The flags of `run` and `plan`, besides which hosts there are. */
export const runOptions = <T>(yargs: Argv<T>) =>
  extraOption(secretOption(selectionOptions(storeOption(outputOptions(yargs)))))
    .positional('playbook', { type: 'string', describe: 'A playbook, e.g. playbooks/upgrade.ts' })
    .option('type-check', {
      alias: 'typecheck',
      type: 'boolean',
      default: true,
      describe: 'Check the playbook with TypeScript before it runs',
    })
    .option('checksum', {
      type: 'boolean',
      default: true,
      describe: 'Ask for the sha256 of a tarball; --no-checksum takes whatever is there, and says so',
    })
    .option('install-deps', {
      type: 'boolean',
      default: true,
      describe: 'Install what builders lack; --no-install-deps tells what is missing on each instead',
    })
    .option('build-on', {
      choices: ['platform', 'each'] as const,
      describe: 'Whether hosts of a platform share one build, or each makes its own',
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
      describe: 'Show before → after of each change as it is made, and in a plan what would change in files',
    });

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** yargs' parsed flags, as what they are. */
export const flagsOf = (argv: Readonly<Record<string, unknown>>): RunFlags => ({
  playbook: text(argv['playbook']) ?? '',
  inventory: texts(argv['inventory']),
  limit: text(argv['limit']),
  user: text(argv['user']) ?? localUser(),
  fleetDirectory: fleetDirectoryOf(argv),
  again: typedAgain(argv),
  vault: vaultFlagsOf(argv),
  access: accessFlagsOf(argv),
  forks: forksOf(argv),
  extra: [
    ...texts(argv['extra']),
    ...(argv['allowDisruption'] === true ? ['allow_disruption=yes'] : []),
    ...(argv['checksum'] === false ? ['no_checksum=yes'] : []),
    ...(argv['installDeps'] === false ? ['install_deps=no'] : []),
    ...(argv['buildOn'] === undefined ? [] : [`build_on=${String(argv['buildOn'])}`]),
  ],
  secrets: texts(argv['secret']),
  configured: configuredParams(argv[paramsFlag]),
  store: text(argv['store']),
  selection: selectionOf(argv),
  check: argv['check'] === true,
  out: text(argv['out']),
  plan: text(argv['plan']),
  report: argv['report'] === true,
  reportTo: text(argv['reportTo']),
  stealLock: argv['stealLock'] === true,
  change: changeFlagsOf(argv),
  typeCheck: argv['typeCheck'] !== false,
  verbose: Number(argv['verbose'] ?? 0) + (argv['diff'] === true ? 1 : 0),
  diff: argv['diff'] === true,
  json: argv['json'] === true,
  color: typeof argv['color'] === 'boolean' ? argv['color'] : undefined,
});
