import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { packageRoot } from '../package-root.ts';

const shells = ['bash', 'zsh'] as const;

/** The shell that one uses, as far as it can be known. */
const used = (): (typeof shells)[number] => ((process.env['SHELL'] ?? '').endsWith('zsh') ? 'zsh' : 'bash');

/** `ovsfleet completion`: what makes shells complete commands and flags. */
export const completionCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'completion [shell]',
  describe: 'Print a script that makes your shell complete commands and flags',
  builder: (yargs) =>
    yargs
      .positional('shell', { choices: shells, describe: 'bash or zsh; yours unless said' })
      .example('$0 completion bash >> ~/.bashrc', 'in every new shell')
      .example('source <($0 completion zsh)', 'in this one'),
  handler: async (argv) => {
    const shell = shells.find((name) => name === argv['shell']) ?? used();
    process.stdout.write(await readFile(join(packageRoot, 'templates/completion', `ovsfleet.${shell}`), 'utf8'));
    ended(exitCodes.ok);
  },
});
