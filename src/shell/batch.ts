import { quote } from './quote.ts';
import { functionText, type LibrarySource, libraryText, type OpenSecret, type Script } from './script.ts';

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
  /** Seconds that all of it may take; then whatever it started is ended. */
  readonly limitSeconds: number;
}

/** Under whose name a batch takes a host. */
export interface LockText {
  readonly run: string;
  /** Who runs it, from where; one word. Two runs of the same owner are never at work at the same time. */
  readonly owner: string;
  /** Runs that this one goes on with: what they left at work on a host is waited for. */
  readonly earlier: readonly string[];
  /** Whether a host that another run has is left alone or taken from it. */
  readonly whenTaken: 'refuse' | 'steal';
  /** How long the batch of another run is waited for. */
  readonly waitSeconds: number;
}

export interface BatchOptions {
  /** 16 hex digits, new for each batch. */
  readonly nonce: string;
  readonly libraries: LibrarySource;
}

/** Opens the secrets of steps, which leave for the host's stdin with them; without it steps may hold none. */
interface Opening {
  readonly open?: OpenSecret;
}

const stepFunctions = (step: BatchStep, index: number, open: OpenSecret | undefined): readonly string[] => [
  functionText(`fleet_read_${index}`, step.read, open),
  ...step.ways.flatMap((way, way0) => [
    functionText(`fleet_can_${index}_${way0 + 1}`, way.can, open),
    functionText(`fleet_make_${index}_${way0 + 1}`, way.make, open),
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
export const probeBatch = (steps: readonly BatchStep[], options: BatchOptions & Opening): string =>
  program(
    options,
    steps.map((step, index) => functionText(`fleet_read_${index}`, step.read, options.open)),
    ['fleet_watch_time', ...steps.map((_, index) => `fleet_probe ${index}`)],
    steps.map((step) => step.read),
  );

/** What takes the host's lock, or ends the program. */
export const lockLine = ({ run, owner, earlier, whenTaken, waitSeconds }: LockText): string =>
  [
    'fleet_lock',
    String(waitSeconds),
    whenTaken === 'steal' ? 'steal' : 'wait',
    ...[run, oneWord(owner), ...earlier].map(quote),
    '|| return 0',
  ].join(' ');

/** The lock's line is made of words. */
const oneWord = (text: string): string => text.replaceAll(/\s+/g, '_');

/** A program that makes every step true, in order, and stops at the first that fails. */
export const applyBatch = (
  steps: readonly BatchStep[],
  options: BatchOptions & Opening & { readonly lock: LockText },
): string =>
  program(
    options,
    steps.flatMap((step, index) => stepFunctions(step, index, options.open)),
    [
      lockLine(options.lock),
      'fleet_watch_time',
      ...steps.map((step, index) =>
        step.ways.length === 0
          ? `fleet_check ${index} ${quote(step.want)} ${step.withinSeconds} ${step.limitSeconds} || return 0`
          : `fleet_step ${index} ${quote(step.want)} ${step.withinSeconds} ${step.ways.length} ${step.limitSeconds} || return 0`,
      ),
    ],
    scripts(steps),
  );

/** A program that says that the run is done with the host for now, so that others need not wait until its lease is over. */
export const releaseBatch = (run: string, options: BatchOptions): string =>
  program(options, [], [`fleet_unlock ${quote(run)}`], []);
