import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { formatBytes } from '../../model/bytes.ts';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { type Ask, ask, withHosts } from '../ask.ts';

/** A host's name as one that a directory may have. */
const directoryName = (host: string): string => (/^\.+$/.test(host) ? `_${host}` : host.replaceAll('/', '_'));

const fetches =
  (remote: string, directory: string): Ask =>
  async (host, { connections }, signal) => {
    const connection = await connections.get(host, signal);
    // Joined to the root first: no way leads out of the directory by `..`.
    const local = join(directory, directoryName(host.name), join('/', remote));
    await mkdir(dirname(local), { recursive: true });
    const { bytes, sha256 } = await connection.download(remote, local);
    return {
      text: `fetched ${formatBytes(bytes)}, sha256 ${sha256.slice(0, 12)}`,
      code: exitCodes.ok,
      facts: { local, bytes, sha256 },
    };
  };

/** `ovsfleet fetch`: a file of many hosts, each under its host's name, as Ansible's module of that name puts it. */
export const fetchCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'fetch <pattern> <remote> <directory>',
  describe: 'Fetch a file of hosts, each to DIRECTORY/HOST/PATH',
  builder: (yargs) =>
    withHosts(yargs)
      .positional('remote', { type: 'string', demandOption: true, describe: 'The whole path of a file on the hosts' })
      .positional('directory', {
        type: 'string',
        demandOption: true,
        describe: 'A directory on this machine; it is made',
      })
      .example('$0 fetch all /var/log/openvswitch/ovs-vswitchd.log logs -i hosts', 'logs/hv01/var/log/openvswitch/…'),
  handler: async (argv) => {
    const remote = String(argv['remote']);
    if (!remote.startsWith('/') || remote.endsWith('/')) {
      throw new FleetError({
        code: 'input.fetch',
        message: `${remote} is not the whole path of a file.`,
        remedy: 'Begin it with a slash: /etc/hostname; several files are packed first: ovsfleet exec … -- tar -czf …',
      });
    }
    ended(await ask(argv, String(argv['pattern']), fetches(remote, resolve(String(argv['directory'])))));
  },
});
