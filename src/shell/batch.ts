import { quote } from './quote.ts';
import { functionText, type LibrarySource, libraryText, type Script } from './script.ts';

/** One of several ways to the same end. `can` is a precondition that the host can read; what it prints is the reason why not. */
export interface Way {
  readonly title: string;
  readonly can: Script;
  readonly make: Script;
}

/** A step as a batch sees it: texts. */
export interface BatchStep {
  readonly read: Script;
  readonly want: string;
  /** None for a step that only checks. */
  readonly ways: readonly Way[];
  /** Seconds to wait for reading to give what is wanted. */
  readonly withinSeconds: number;
}

export interface BatchOptions {
  /** 16 hex digits, new for each batch. */
  readonly nonce: string;
  readonly libraries: LibrarySource;
}

const stepFunctions = (step: BatchStep, index: number): readonly string[] => [
  functionText(`fleet_read_${index}`, step.read),
  ...step.ways.flatMap((way, way0) => [
    functionText(`fleet_can_${index}_${way0 + 1}`, way.can),
    functionText(`fleet_make_${index}_${way0 + 1}`, way.make),
  ]),
];

const scripts = (steps: readonly BatchStep[]): readonly Script[] =>
  steps.flatMap((step) => [step.read, ...step.ways.flatMap((way) => [way.can, way.make])]);

/**
 * The program is ONE function called on its last line: cut off in transit it runs nothing, instead of its truncated
 * last line (which may be `rm -rf /o` of `rm -rf /opt/…`).
 */
const program = (
  options: BatchOptions,
  functions: readonly string[],
  body: readonly string[],
  used: readonly Script[],
): string =>
  [
    'fleet_main() {',
    'LC_ALL=C; export LC_ALL',
    'PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH',
    `fleet_nonce=${quote(options.nonce)}`,
    options.libraries('batch').trimEnd(),
    libraryText(used, options.libraries),
    ...functions,
    'fleet_begin || return 0',
    ...body,
    // Let go before it is told: whoever hears of the end may come with the next batch at once.
    'fleet_end',
    "fleet_frame end 0 ''",
    '}',
    'fleet_main',
    '',
  ].join('\n');

/** A program that reads every step and changes nothing. */
export const probeBatch = (steps: readonly BatchStep[], options: BatchOptions): string =>
  program(
    options,
    steps.map((step, index) => functionText(`fleet_read_${index}`, step.read)),
    steps.map((_, index) => `fleet_probe ${index}`),
    steps.map((step) => step.read),
  );

/** A program that makes every step true, in order, and stops at the first that fails. */
export const applyBatch = (
  steps: readonly BatchStep[],
  options: BatchOptions & { readonly run: string; readonly lockSeconds: number },
): string =>
  program(
    options,
    steps.flatMap(stepFunctions),
    [
      `fleet_lock ${quote(options.run)} ${options.lockSeconds} || return 0`,
      ...steps.map((step, index) =>
        step.ways.length === 0
          ? `fleet_check ${index} ${quote(step.want)} ${step.withinSeconds} || return 0`
          : `fleet_step ${index} ${quote(step.want)} ${step.withinSeconds} ${step.ways.length} || return 0`,
      ),
    ],
    scripts(steps),
  );
