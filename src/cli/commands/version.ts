import type { CommandModule } from 'yargs';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { version } from '../package-root.ts';

/** `ovsfleet version`: what one writes into a report of a fault. */
export const versionCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'version',
  describe: 'Show the version of ovsfleet, and of what it runs on',
  builder: (yargs) => yargs.example('$0 version', `ovsfleet ${version}, node ${process.version} on linux x64`),
  handler: () => {
    process.stdout.write(`ovsfleet ${version}, node ${process.version} on ${process.platform} ${process.arch}\n`);
    ended(exitCodes.ok);
  },
});
