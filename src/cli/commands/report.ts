import type { CommandModule } from 'yargs';
import type { ExitCode } from '../../model/exit-code.ts';
export const reportCommand = (_e: (c: ExitCode) => void): CommandModule => ({
  command: 'report [run]',
  describe: 'x',
  handler: () => {},
});
