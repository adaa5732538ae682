import { join } from 'node:path';
import type { Argv } from 'yargs';
import { createBus } from '../events/index.ts';
import { endOf, onEach, type Services } from '../execute/index.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { type ExitCode, exitCodes, worst } from '../model/exit-code.ts';
import type { Host } from '../model/host.ts';
import { accessFlagsOf } from './access.ts';
import { accessTo } from './access-to.ts';
import { systemClock } from './adapters.ts';
import { type Answer, type AnswerForm, answersText, withoutSecrets } from './answers.ts';
import { openFleet } from './fleet.ts';
import { fleetFlagsOf } from './fleet-flags.ts';
import { hostLock } from './host-lock.ts';
import { colorOf, fleetOptions, forksOf, lookFor, outputOptions } from './options.ts';
import { services } from './session.ts';

/** Asks one host; the signal is aborted when the operator has had enough. */
export type Ask = (host: Host, services: Services, signal: AbortSignal) => Promise<Answer>;

const interrupted: Answer = { text: 'interrupted', code: exitCodes.interrupted };

const failure = (error: unknown): Answer => {
  const { problem } = endOf(error, 'unreachable');
  return {
    text: problem === null ? '' : `${problem.message}\n  → ${problem.remedy}`,
    code: error instanceof ConnectionError && error.fault !== 'become' ? exitCodes.unreachable : exitCodes.hostFailed,
    ...(problem === null ? {} : { facts: { error: problem.message, remedy: problem.remedy } }),
  };
};

/** The first Ctrl-C ends what is under way and shows what has been answered; a second ends all. */
const onInterrupt = (): { readonly signal: AbortSignal; readonly dispose: () => void } => {
  const controller = new AbortController();
  const stop = (): void => {
    process.stderr.write('interrupted: shows what was answered so far\n');
    controller.abort();
  };
  process.once('SIGINT', stop);
  return { signal: controller.signal, dispose: () => process.off('SIGINT', stop) };
};

const formOf = (argv: Readonly<Record<string, unknown>>): AnswerForm =>
  argv['json'] === true ? 'json' : argv['perHost'] === true ? 'per-host' : 'folded';

/** Asks many hosts at once. */
export const askHosts = async (
  argv: Readonly<Record<string, unknown>>,
  pattern: string,
  each: Ask,
): Promise<ReadonlyMap<string, Answer>> => {
  const fleet = await openFleet(fleetFlagsOf(argv));
  const hosts = fleet.select(pattern);
  const access = await accessTo(accessFlagsOf(argv), hosts);
  for (const { message, remedy } of access.ssh.warnings()) process.stderr.write(`warning: ${message}\n  → ${remedy}\n`);
  const bus = createBus({ run: 'ad-hoc', clock: systemClock, sinks: [] });
  const backing = services(
    'ad-hoc',
    bus,
    join(fleet.directory, '.ovsfleet', 'artifacts'),
    await hostLock(fleet.directory, null, 'refuse'),
    fleet.directory,
    access,
  );
  const { signal, dispose } = onInterrupt();
  try {
    return await onEach(hosts, forksOf(argv), async (host) => {
      if (signal.aborted) return interrupted;
      try {
        return withoutSecrets(await each(host, backing, signal), access.secrets.hide);
      } catch (error) {
        return signal.aborted ? interrupted : withoutSecrets(failure(error), access.secrets.hide);
      } finally {
        await backing.connections.release(host);
      }
    });
  } finally {
    dispose();
    await backing.connections.closeAll();
  }
};

/** The one code that stands for all answers. */
export const codeOf = (answers: ReadonlyMap<string, Answer>): ExitCode =>
  worst([...answers.values()].map((answer) => answer.code));

/** Asks many hosts at once, and shows what they answered. */
export const ask = async (argv: Readonly<Record<string, unknown>>, pattern: string, each: Ask): Promise<ExitCode> => {
  const answers = await askHosts(argv, pattern, each);
  const look = lookFor(colorOf(argv), process.stdout);
  process.stdout.write(answersText(answers, formOf(argv), look));
  return codeOf(answers);
};

const describePattern = 'Hosts and groups, e.g. hypervisors:!quarantined';

const perHostOption = <T>(yargs: Argv<T>) =>
  yargs.option('per-host', {
    type: 'boolean',
    default: false,
    describe: 'Show each host by itself, its name before each line, instead of alike answers together',
  });

/** The words of commands that ask the hosts of a pattern, all when it is left out. */
export const withPattern = <T>(yargs: Argv<T>) =>
  perHostOption(outputOptions(fleetOptions(yargs))).positional('pattern', {
    type: 'string',
    default: 'all',
    describe: describePattern,
  });

/** The same where hosts must be named. */
export const withHosts = <T>(yargs: Argv<T>) =>
  perHostOption(outputOptions(fleetOptions(yargs))).positional('pattern', {
    type: 'string',
    demandOption: true,
    describe: describePattern,
  });
