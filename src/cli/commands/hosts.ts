import type { CommandModule } from 'yargs';
import type { ConnectionSettings } from '../../model/connection-settings.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { foldHosts } from '../../model/fold-hosts.ts';
import type { Host } from '../../model/host.ts';
import { withPattern } from '../ask.ts';
import { openFleet } from '../fleet.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';
import { home } from '../options.ts';
import { openSshSettings, settleWays, sshFlagsOf } from '../ssh-flags.ts';
import { placeText, waysText } from '../ssh-words.ts';

type Way = (host: Host) => ConnectionSettings;

const jsonOf =
  (way: Way) =>
  (host: Host): string => {
    const { hostName, port, user, jump } = way(host);
    return JSON.stringify({
      name: host.name,
      address: hostName,
      port,
      user,
      groups: host.groups,
      ...(jump === null ? {} : { jump: jump.name }),
    });
  };

const lineOf =
  (way: Way) =>
  (host: Host): string =>
    `${host.name.padEnd(24)} ${placeText(way(host))}  ${host.groups.join(',')}`;

const detailsOf =
  (way: Way) =>
  (host: Host): string =>
    waysText(way(host));

const textOf = (hosts: readonly Host[], argv: Readonly<Record<string, unknown>>): string => {
  if (argv['count'] === true) return String(hosts.length);
  if (argv['fold'] === true) return foldHosts(hosts.map(({ name }) => name));
  const ssh = openSshSettings(sshFlagsOf(argv), home);
  settleWays(ssh, hosts);
  const words = argv['json'] === true ? jsonOf(ssh.of) : argv['ssh'] === true ? detailsOf(ssh.of) : lineOf(ssh.of);
  return hosts.map(words).join('\n');
};

/** `ovsfleet hosts`: which hosts a pattern means; nothing is connected to. */
export const hostsCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'hosts [pattern]',
  describe: 'Show which hosts a pattern selects, and where they are',
  builder: (yargs) =>
    withPattern(yargs)
      .option('fold', { type: 'boolean', default: false, describe: 'Print their names in one word: hv[01-18,20]' })
      .option('count', { type: 'boolean', default: false, describe: 'Print how many they are' })
      .option('ssh', {
        type: 'boolean',
        default: false,
        describe:
          'Print how each is reached, as ssh -G does, and who says it: a line of ssh_config, the inventory, a flag',
      })
      .example("$0 hosts 'hypervisors:&rack1' -i hosts", 'those of both groups')
      .example("$0 hosts 'all:!ssh_*' -i hosts --fold", 'in one word, as patterns take it')
      .example('$0 hosts hv07 -i hosts --ssh', 'what ssh_config, the inventory and flags say of hv07'),
  handler: async (argv) => {
    const hosts = (await openFleet(fleetFlagsOf(argv))).select(String(argv['pattern']));
    process.stdout.write(`${textOf(hosts, argv)}\n`);
    ended(exitCodes.ok);
  },
});
