import type { CommandModule } from 'yargs';
import { readProgress } from '../../journal/index.ts';
import type { ExitCode } from '../../model/exit-code.ts';
import { openFleet } from '../fleet.ts';
import { fleetOptions, outputOptions } from '../options.ts';
import { flagsOf, runOptions, storeOption } from '../run-flags.ts';
import { execute } from '../run-playbook.ts';

export const runCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'run <playbook>',
  describe: 'Run a playbook over the hosts of an inventory',
  builder: (yargs) =>
    runOptions(yargs).option('check', {
      alias: 'C',
      type: 'boolean',
      default: false,
      describe: 'Say what it would do and change nothing; exit 5 when there is something',
    }),
  handler: async (argv) => ended(await execute(flagsOf(argv), null)),
});

export const planCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'plan <playbook>',
  describe: 'Say what a playbook would do; the same as run --check',
  builder: (yargs) => runOptions(yargs),
  handler: async (argv) => ended(await execute({ ...flagsOf(argv), check: true }, null)),
});

export const resumeCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'resume [run]',
  describe: 'Go on with a run that was cut off, paused, or left hosts behind',
  builder: (yargs) =>
    storeOption(outputOptions(fleetOptions(yargs))).positional('run', {
      type: 'string',
      default: 'latest',
      describe: 'Its id, a part of it, or "latest"',
    }),
  handler: async (argv) => {
    const flags = flagsOf({ ...argv, playbook: '' });
    const fleet = await openFleet(flags);
    const progress = await readProgress(fleet.directory, String(argv['run']));
    const { started } = progress;
    ended(
      await execute(
        {
          ...flags,
          playbook: started.playbook,
          limit: flags.limit ?? started.limit ?? undefined,
          extra: [JSON.stringify(started.params)],
          typeCheck: false,
        },
        progress,
      ),
    );
  },
});
