import type { CommandModule } from 'yargs';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { foldHosts } from '../../model/fold-hosts.ts';
import type { Host } from '../../model/host.ts';
import { withPattern } from '../ask.ts';
import { openFleet } from '../fleet.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';

const jsonOf = ({ name, address, port, user, groups }: Host): string =>
  JSON.stringify({ name, address, port, user, groups });

const lineOf = ({ name, address, port, user, groups }: Host): string =>
  `${name.padEnd(24)} ${user}@${address}:${port}  ${groups.join(',')}`;

/** `ovsfleet hosts`: which hosts a pattern means; nothing is connected to. */
export const hostsCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'hosts [pattern]',
  describe: 'Show which hosts a pattern selects, and where they are',
  builder: (yargs) =>
    withPattern(yargs)
      .option('fold', { type: 'boolean', default: false, describe: 'Print their names in one word: hv[01-18,20]' })
      .option('count', { type: 'boolean', default: false, describe: 'Print how many they are' })
      .example("$0 hosts 'hypervisors:&rack1' -i hosts", 'those of both groups')
      .example("$0 hosts 'all:!ssh_*' -i hosts --fold", 'in one word, as patterns take it'),
  handler: async (argv) => {
    const hosts = (await openFleet(fleetFlagsOf(argv))).select(String(argv['pattern']));
    const text =
      argv['count'] === true
        ? String(hosts.length)
        : argv['fold'] === true
          ? foldHosts(hosts.map(({ name }) => name))
          : hosts.map(argv['json'] === true ? jsonOf : lineOf).join('\n');
    process.stdout.write(`${text}\n`);
    ended(exitCodes.ok);
  },
});
