import { relative } from 'node:path';
import type { CommandModule } from 'yargs';
import { findRun, listRuns } from '../../journal/index.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { openFleet } from '../fleet.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';
import { fleetOptions } from '../options.ts';
import { reportRun } from '../reports.ts';

/** `ovsfleet report`: the reports of a run again, or of a run whose controller died before it wrote them. */
export const reportCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'report [run]',
  describe: 'Write the reports of a run (HTML, Markdown, JSON, one a host) from its journal',
  builder: (yargs) =>
    fleetOptions(yargs)
      .positional('run', { type: 'string', default: 'latest', describe: 'Its id, a part of it, or "latest"' })
      .example('$0 report -i hosts', 'of the newest run')
      .example('$0 report 20260113T0100 -i hosts', 'of that one')
      .option('list', { type: 'boolean', default: false, describe: 'Only list the runs there are' }),
  handler: async (argv) => {
    const { directory } = await openFleet({ ...fleetFlagsOf(argv), limit: undefined });
    if (argv['list'] === true) {
      for (const run of await listRuns(directory)) process.stdout.write(`${run.id}  ${run.directory}\n`);
    } else {
      const run = await findRun(directory, String(argv['run']));
      for (const path of await reportRun(run.directory)) process.stdout.write(`${relative(process.cwd(), path)}\n`);
    }
    ended(exitCodes.ok);
  },
});
