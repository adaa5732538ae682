import { join } from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { createBus } from '../../events/index.ts';
import { endOf, gatherFacts, onEach, type Services } from '../../execute/index.ts';
import { ConnectionError } from '../../model/connection-error.ts';
import { type ExitCode, exitCodes, worst } from '../../model/exit-code.ts';
import { foldHosts } from '../../model/fold-hosts.ts';
import type { Host } from '../../model/host.ts';
import type { Look } from '../../render/index.ts';
import { systemClock } from '../adapters.ts';
import { openFleet } from '../fleet.ts';
import { fleetOptions, lookFor, outputOptions } from '../options.ts';
import { services } from '../session.ts';

interface Answer {
  readonly text: string;
  readonly code: ExitCode;
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
  for (const [host, { text, code }] of answers) process.stdout.write(`${JSON.stringify({ host, code, text })}\n`);
};

type Ask = (host: Host, services: Services) => Promise<Answer>;

const failure = (error: unknown): Answer => {
  const { problem } = endOf(error, 'unreachable');
  return {
    text: problem === null ? '' : `${problem.message}\n  → ${problem.remedy}`,
    code: error instanceof ConnectionError ? exitCodes.unreachable : exitCodes.hostFailed,
  };
};

/** Asks many hosts at once, and shows alike answers together. */
const ask = async (argv: Readonly<Record<string, unknown>>, pattern: string, each: Ask): Promise<ExitCode> => {
  const look = lookFor(typeof argv['color'] === 'boolean' ? argv['color'] : undefined, process.stdout);
  const inventory = Array.isArray(argv['inventory']) ? argv['inventory'].map(String) : [];
  const limit = typeof argv['limit'] === 'string' ? argv['limit'] : undefined;
  const fleet = await openFleet({ inventory, limit, user: String(argv['user']) });
  const bus = createBus({ run: 'ad-hoc', clock: systemClock, sinks: [] });
  const backing = services('ad-hoc', bus, join(fleet.directory, '.ovsfleet', 'artifacts'));
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

const withPattern = <T>(yargs: Argv<T>) =>
  outputOptions(fleetOptions(yargs)).positional('pattern', {
    type: 'string',
    default: 'all',
    describe: 'Hosts and groups, e.g. hypervisors:!quarantined',
  });

const runOn =
  (command: string): Ask =>
  async (host, { connections }) => {
    const connection = await connections.get(host);
    const chunks: Uint8Array[] = [];
    const keep = (chunk: Uint8Array): void => {
      chunks.push(chunk);
    };
    const exit = await connection.run(`${command}\n`, { onStdout: keep, onStderr: keep });
    const said = Buffer.concat(chunks).toString('utf8');
    if (exit.code === 0) return { text: said, code: exitCodes.ok };
    const ending = exit.signal === null ? `exit status ${exit.code ?? '?'}` : `ended by ${exit.signal}`;
    return { text: `${said}${said === '' || said.endsWith('\n') ? '' : '\n'}(${ending})`, code: exitCodes.hostFailed };
  };

export const execCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'exec <pattern> [words..]',
  describe: 'Run a shell command on hosts: ovsfleet exec hypervisors -i inv -- uptime',
  builder: (yargs) =>
    withPattern(yargs).positional('words', {
      type: 'string',
      array: true,
      default: [],
      describe: 'The command, after --',
    }),
  handler: async (argv) => {
    const words = [
      ...(Array.isArray(argv['words']) ? argv['words'] : []),
      ...(Array.isArray(argv['--']) ? argv['--'] : []),
    ].map(String);
    ended(await ask(argv, String(argv['pattern']), runOn(words.join(' '))));
  },
});

export const pingCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'ping [pattern]',
  describe: 'Log in to hosts and see whether a shell answers',
  builder: withPattern,
  handler: async (argv) => ended(await ask(argv, String(argv['pattern']), runOn('echo ok'))),
});

export const factsCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'facts [pattern]',
  describe: 'Show what playbooks may know of hosts',
  builder: withPattern,
  handler: async (argv) =>
    ended(
      await ask(argv, String(argv['pattern']), async (host, backing) => {
        const got = (await gatherFacts([host], 'look', 1, backing)).get(host.name);
        if (got !== undefined && 'facts' in got)
          return { text: JSON.stringify(got.facts, null, argv['json'] === true ? 0 : 2), code: exitCodes.ok };
        const problem = got?.ended.problem ?? null;
        return {
          text: problem === null ? '' : `${problem.message}\n  → ${problem.remedy}`,
          code: got?.ended.outcome === 'unreachable' ? exitCodes.unreachable : exitCodes.hostFailed,
        };
      }),
    ),
});

export const hostsCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'hosts [pattern]',
  describe: 'Show which hosts a pattern selects, and where they are',
  builder: withPattern,
  handler: async (argv) => {
    const inventory = Array.isArray(argv['inventory']) ? argv['inventory'].map(String) : [];
    const limit = typeof argv['limit'] === 'string' ? argv['limit'] : undefined;
    const fleet = await openFleet({ inventory, limit, user: String(argv['user']) });
    for (const host of fleet.select(String(argv['pattern']))) {
      const line =
        argv['json'] === true
          ? JSON.stringify({
              name: host.name,
              address: host.address,
              port: host.port,
              user: host.user,
              groups: host.groups,
            })
          : `${host.name.padEnd(24)} ${host.user}@${host.address}:${host.port}  ${host.groups.join(',')}`;
      process.stdout.write(`${line}\n`);
    }
    ended(exitCodes.ok);
  },
});
