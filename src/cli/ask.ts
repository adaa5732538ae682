import { join } from 'node:path';
import type { Argv } from 'yargs';
import { createBus } from '../events/index.ts';
import { endOf, onEach, type Services } from '../execute/index.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { type ExitCode, exitCodes, worst } from '../model/exit-code.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Host } from '../model/host.ts';
import type { Look } from '../render/index.ts';
import { accessFlagsOf, openAccess } from './access.ts';
import { systemClock } from './adapters.ts';
import { openFleet } from './fleet.ts';
import { hostLock } from './host-lock.ts';
import { fleetOptions, lookFor, outputOptions } from './options.ts';
import { services } from './session.ts';
import { vaultFlagsOf } from './vault-flags.ts';

/** What a host answered to a question of an operator's. */
export interface Answer {
  readonly text: string;
  readonly code: ExitCode;
  /** The same for `--json`, where it is more than its text. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** Hosts that answer alike stand under one heading, as clush -b has it. */
const printAlike = (answers: ReadonlyMap<string, Answer>, look: Look): void => {
  const alike = new Map<string, string[]>();
  for (const [host, { text, code }] of answers) {
    // An answer that names its host is alike when it is alike but for the name.
    const key = JSON.stringify([code, text.replaceAll(host, '‹host›')]);
    alike.set(key, [...(alike.get(key) ?? []), host]);
  }
  for (const hosts of alike.values()) {
    const [first = ''] = hosts;
    const answer = answers.get(first);
    if (answer === undefined) continue;
    const head = `${foldHosts(hosts)} (${hosts.length})`;
    const body = hosts.length > 1 ? answer.text.replaceAll(`${first}: `, '') : answer.text;
    process.stdout.write(`${look.paint(answer.code === exitCodes.ok ? 'good' : 'bad', head)}\n${body.trimEnd()}\n`);
  }
};

const printJson = (answers: ReadonlyMap<string, Answer>): void => {
  for (const [host, { text, code, facts }] of answers)
    process.stdout.write(`${JSON.stringify({ host, code, ...(facts ?? { text }) })}\n`);
};

export type Ask = (host: Host, services: Services) => Promise<Answer>;

const failure = (error: unknown): Answer => {
  const { problem } = endOf(error, 'unreachable');
  return {
    text: problem === null ? '' : `${problem.message}\n  → ${problem.remedy}`,
    code:
      error instanceof ConnectionError && error.fault !== 'become' ? exitCodes.unreachable : exitCodes.hostFailed,
  };
};

/** Asks many hosts at once, and shows alike answers together. */
export const ask = async (argv: Readonly<Record<string, unknown>>, pattern: string, each: Ask): Promise<ExitCode> => {
  const look = lookFor(typeof argv['color'] === 'boolean' ? argv['color'] : undefined, process.stdout);
  const inventory = Array.isArray(argv['inventory']) ? argv['inventory'].map(String) : [];
  const limit = typeof argv['limit'] === 'string' ? argv['limit'] : undefined;
  const fleet = await openFleet({ inventory, limit, user: String(argv['user']), vault: vaultFlagsOf(argv) });
  const bus = createBus({ run: 'ad-hoc', clock: systemClock, sinks: [] });
  const backing = services(
    'ad-hoc',
    bus,
    join(fleet.directory, '.ovsfleet', 'artifacts'),
    await hostLock(fleet.directory, null, 'refuse'),
    fleet.directory,
    await openAccess(accessFlagsOf(argv)),
  );
  const answers = await onEach(fleet.select(pattern), Number(argv['forks']), async (host) => {
    try {
      return await each(host, backing);
    } catch (error) {
      return failure(error);
    } finally {
      await backing.connections.release(host);
    }
  });
  await backing.connections.closeAll();
  if (argv['json'] === true) printJson(answers);
  else printAlike(answers, look);
  return worst([...answers.values()].map((answer) => answer.code));
};

/** The words of commands that ask the hosts of a pattern. */
export const withPattern = <T>(yargs: Argv<T>) =>
  outputOptions(fleetOptions(yargs)).positional('pattern', {
    type: 'string',
    default: 'all',
    describe: 'Hosts and groups, e.g. hypervisors:!quarantined',
  });
