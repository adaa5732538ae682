import type { CommandModule } from 'yargs';
import type { ExitCode } from '../../model/exit-code.ts';
import { exitCodes } from '../../model/exit-code.ts';
import { type Ask, ask, withPattern } from '../ask.ts';

/** A shell that answers is one that playbooks can use. */
const answers: Ask = async (host, { connections }, signal) => {
  const connection = await connections.get(host, signal);
  const chunks: Uint8Array[] = [];
  const exit = await connection.run('echo "ok as $(id -un)"\n', {
    onStdout: (chunk) => {
      chunks.push(chunk);
    },
    signal,
  });
  const said = Buffer.concat(chunks).toString('utf8').trim();
  const user = /^ok as (.*)$/.exec(said.split('\n').at(-1) ?? '')?.[1];
  if (exit.code === 0 && user !== undefined)
    return { text: user === host.user ? 'ok' : `ok, as ${user}`, code: exitCodes.ok, facts: { text: 'ok', user } };
  return {
    text: `${host.name}: its shell does not run what it is told (exit status ${exit.code ?? '?'}).\n  → See what it says: ssh ${host.user}@${host.address} sh -c true`,
    code: exitCodes.hostFailed,
  };
};

/** `ovsfleet ping`: whether hosts let us in, and become whom they are to. */
export const pingCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'ping [pattern]',
  describe: 'Log in to hosts and see whether a shell answers',
  builder: (yargs) =>
    withPattern(yargs)
      .example('$0 ping -i hosts', 'all hosts of the inventory')
      .example('$0 ping -i hosts -b -K', 'and whether they let us become root')
      .example("$0 ping 'hypervisors:!rack1' -i hosts -u root -f 100", 'some of them, 100 at once'),
  handler: async (argv) => ended(await ask(argv, String(argv['pattern']), answers)),
});
