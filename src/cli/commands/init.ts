import { relative, resolve } from 'node:path';
import type { CommandModule } from 'yargs';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { scaffold } from '../scaffold.ts';

/** `ovsfleet init`: a directory to begin with. */
export const initCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'init [directory]',
  describe: 'Make a directory that works: an inventory, ovsfleet.yaml, a playbook',
  builder: (yargs) =>
    yargs
      .positional('directory', {
        type: 'string',
        default: '.',
        describe: 'Where; files that are there are not touched',
      })
      .example('$0 init fleet && cd fleet && ovsfleet plan playbooks/hello.ts', 'and see what it would do'),
  handler: async (argv) => {
    const directory = resolve(String(argv['directory']));
    const { written, kept } = await scaffold(directory);
    for (const name of kept) process.stdout.write(`kept     ${name}\n`);
    for (const name of written) process.stdout.write(`written  ${name}\n`);
    const near = relative(process.cwd(), directory);
    const to = near.startsWith('..') ? directory : near;
    const go = to === '' ? '' : `cd ${to} && `;
    process.stdout.write(`Try it: ${go}ovsfleet plan playbooks/hello.ts\n`);
    ended(exitCodes.ok);
  },
});
