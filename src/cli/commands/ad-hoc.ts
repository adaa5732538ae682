import type { CommandModule } from 'yargs';
import { gatherFacts } from '../../execute/index.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { type Ask, ask, withPattern } from '../ask.ts';
import { openFleet } from '../fleet.ts';
import { vaultFlagsOf } from '../vault-flags.ts';

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
    const fleet = await openFleet({ inventory, limit, user: String(argv['user']), vault: vaultFlagsOf(argv) });
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
