import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CommandModule } from 'yargs';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { fileDigest } from '../adapters.ts';
import { type Ask, ask, withHosts } from '../ask.ts';

const refuse = (message: string, remedy: string): FleetError => new FleetError({ code: 'input.copy', message, remedy });

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

interface Copied {
  readonly local: string;
  readonly remote: string;
  readonly mode: string;
  readonly sha256: string;
}

const copied = async (local: string, destination: string, mode: unknown): Promise<Copied> => {
  const found = await stat(local).catch(() => null);
  if (found === null) throw refuse(`There is no file ${local}.`, 'Give the path of a file on this machine.');
  if (!found.isFile())
    throw refuse(
      `${local} is no file.`,
      `Pack it: tar -czf ${basename(local)}.tar.gz ${local}; copy that, and unpack it with exec`,
    );
  if (!destination.startsWith('/'))
    throw refuse(
      `${destination} does not begin with a slash.`,
      `Give a whole path on the hosts: /tmp/${basename(local)}`,
    );
  const given = typeof mode === 'string' ? mode : octal(found.mode);
  if (!/^[0-7]{3,4}$/.test(given)) throw refuse(`--mode ${given} is no mode.`, 'Write it in octal: --mode 0644');
  return {
    local,
    remote: destination.endsWith('/') ? `${destination}${basename(local)}` : destination,
    mode: given.padStart(4, '0'),
    sha256: await fileDigest(local),
  };
};

const sends =
  (what: Copied): Ask =>
  async (host, { connections }, signal) => {
    const connection = await connections.get(host, signal);
    const sent = await connection.upload(what);
    const { remote, sha256 } = what;
    return {
      text: sent ? `sent ${remote}` : `${remote} is there already`,
      code: exitCodes.ok,
      facts: { remote, sha256, sent },
    };
  };

/** `ovsfleet copy`: a file to many hosts. */
export const copyCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'copy <pattern> <source> <destination>',
  describe: 'Copy a file to hosts; written aside, and renamed when its sha256 is right',
  builder: (yargs) =>
    withHosts(yargs)
      .positional('source', { type: 'string', demandOption: true, describe: 'A file on this machine' })
      .positional('destination', {
        type: 'string',
        demandOption: true,
        describe: 'Its whole path on the hosts; with a slash at its end, the directory that it is put into',
      })
      .option('mode', {
        alias: 'm',
        type: 'string',
        nargs: 1,
        describe: 'Its mode there in octal; as here unless said',
      })
      .example(
        '$0 copy all chrony.conf /etc/chrony/chrony.conf -i hosts --mode 0644',
        'a file that is there already is not sent',
      ),
  handler: async (argv) => {
    const what = await copied(String(argv['source']), String(argv['destination']), argv['mode']);
    ended(await ask(argv, String(argv['pattern']), sends(what)));
  },
});
