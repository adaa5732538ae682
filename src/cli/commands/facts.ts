import type { CommandModule } from 'yargs';
import { lookAt } from '../../execute/index.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { type Ask, ask, withPattern } from '../ask.ts';

const facts: Ask = async (host, backing) => {
  const told = await lookAt(host, backing);
  if ('facts' in told) {
    const shown = { ...told.facts, survey: told.survey };
    return { text: JSON.stringify(shown, null, 2), code: exitCodes.ok, facts: { facts: shown } };
  }
  const { outcome, problem } = told.ended;
  return {
    text: problem === null ? '' : `${problem.message}\n  → ${problem.remedy}`,
    code: outcome === 'unreachable' ? exitCodes.unreachable : exitCodes.hostFailed,
    ...(problem === null ? {} : { facts: { error: problem.message, remedy: problem.remedy } }),
  };
};

/** `ovsfleet facts`: what playbooks may know of hosts. */
export const factsCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'facts [pattern]',
  describe: 'Show what playbooks may know of hosts; under "survey": kernel, compilers, releases and packages there',
  builder: (yargs) =>
    withPattern(yargs)
      .example('$0 facts hypervisors -i hosts', 'hosts alike stand together')
      .example("$0 facts -i hosts --json | jq -r '[.host, .facts.kernel] | @tsv'", 'a table of kernels'),
  handler: async (argv) => ended(await ask(argv, String(argv['pattern']), facts)),
});
