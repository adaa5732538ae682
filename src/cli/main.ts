#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { FleetError } from '../model/error.ts';
import { type ExitCode, exitCodes } from '../model/exit-code.ts';
import { commands } from './commands.ts';
import { completions } from './complete/index.ts';
import { withDashedValues } from './dashed-values.ts';
import { errorText } from './fail.ts';
import { lookFor } from './options.ts';
import { version } from './package-root.ts';
import { settle } from './settings.ts';
import { usageError } from './usage.ts';

const ended = (code: ExitCode): void => {
  process.exitCode = code;
};

const words = withDashedValues(hideBin(process.argv));
let flags: readonly string[] = [];
const known = commands(ended);
/** `run <playbook>`: its first word is its name. */
const names = known.flatMap(({ command = [] }) => [command].flat().map((usage) => usage.replace(/ .*$/s, '')));

// Whoever reads along may leave (`| head`), or have a full disk: what is under way goes on, and is recorded.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const [asked, ...line] = words;
const told = asked === '--get-yargs-completions' ? await completions(line) : [];
// In zsh what stands behind a colon is a description.
const isZsh = process.env['OVSFLEET_COMPLETES'] === 'zsh';
for (const one of told) process.stdout.write(`${isZsh ? one.replaceAll(':', '\\:') : one}\n`);
if (told.length > 0) process.exit(exitCodes.ok);

try {
  await yargs(words)
    .scriptName('ovsfleet')
    .parserConfiguration({ 'populate--': true })
    .usage('$0 <command>\n\nRolling Open vSwitch upgrades over SSH, without dropping traffic.')
    .command([...known])
    .option('config', {
      type: 'string',
      nargs: 1,
      describe: 'A configuration, in the place of ovsfleet.yaml (docs/configuration.md)',
    })
    .middleware(
      settle((ofCommand) => {
        flags = ofCommand.names;
      }),
      true,
    )
    .demandCommand(1, 'Say what to do')
    .strict()
    .recommendCommands()
    .version(version)
    .epilog(
      'Exit codes: 0 well, 1 a host failed or was undone, 2 input, 3 paused, 4 unreachable, 5 changes (--check), 130 interrupted',
    )
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .fail((message, error) => {
      // yargs throws what it finds wrong while it reads words (YError); all else is thrown by our own commands.
      throw error === undefined || error.name === 'YError'
        ? usageError(message ?? error?.message, words, { flags, commands: names })
        : error;
    })
    .parseAsync();
} catch (error) {
  process.stderr.write(errorText(error, lookFor(undefined, process.stderr)));
  process.exitCode = error instanceof FleetError ? exitCodes.input : exitCodes.hostFailed;
}
