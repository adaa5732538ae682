import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { packageRoot } from '../package-root.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** The shell that one uses, as far as it can be known. */
const used = (): (typeof shells)[number] =>
  shells.find((shell) => (process.env['SHELL'] ?? '').endsWith(`/${shell}`)) ?? 'bash';

/** `ovsfleet completion`: what makes shells complete commands, flags, hosts, playbooks and runs. */
export const completionCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'completion [shell]',
  describe: 'Print a script that makes your shell complete commands, flags, hosts, playbooks and runs',
  builder: (yargs) =>
    yargs
      .positional('shell', { choices: shells, describe: 'bash, zsh or fish; yours unless said' })
      .example('$0 completion bash >> ~/.bashrc', 'in every new shell')
      .example('source <($0 completion zsh)', 'in this one')
      .example('$0 completion fish > ~/.config/fish/completions/ovsfleet.fish', 'for fish'),
  handler: async (argv) => {
    const shell = shells.find((name) => name === argv['shell']) ?? used();
    process.stdout.write(await readFile(join(packageRoot, 'templates/completion', `ovsfleet.${shell}`), 'utf8'));
    ended(exitCodes.ok);
  },
});
