import type { CommandModule } from 'yargs';
import { flagOf, type Setting, settingSpecs, variableOf } from '../../config/index.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import { configurationOf } from '../settings.ts';

const shown = (value: unknown): string =>
  Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** `forks   50   ovsfleet.yaml:3`, each column as wide as its widest. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
};

const rowOf = (name: string, about: string, setting: Setting | undefined): readonly string[] =>
  setting === undefined ? [name, '-', about] : [name, shown(setting.value), setting.from];

const showCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'show',
  describe: 'Show what is configured, and where each value comes from',
  builder: (yargs) => yargs.option('json', { type: 'boolean', default: false, describe: 'Print JSON' }),
  handler: async (argv) => {
    const { settings, files } = await configurationOf(argv);
    if (argv['json'] === true) {
      const values = Object.fromEntries([...settings].map(([name, { value, from }]) => [name, { value, from }]));
      process.stdout.write(`${JSON.stringify({ files, settings: values }, null, 2)}\n`);
    } else {
      const rows = Object.entries(settingSpecs).map(([name, { about }]) => rowOf(name, about, settings.get(name)));
      const read = files.length === 0 ? 'no ovsfleet.yaml was found' : `read: ${files.join(', ')}`;
      process.stdout.write(`${table(rows)}${read}\n`);
    }
    ended(exitCodes.ok);
  },
});

const names = Object.keys(settingSpecs)
  .map((name) => `  ${name}: --${flagOf(name)}, ${variableOf(name)}`)
  .filter((line) => !line.startsWith('  params'))
  .join('\n');

/** `ovsfleet config`: what holds where no flag says otherwise. */
export const configCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'config <action>',
  describe: 'Show what ovsfleet.yaml and the environment say: ovsfleet config show',
  builder: (yargs) =>
    yargs
      .command(showCommand(ended))
      .example('$0 config show', 'what holds where no flag says otherwise, and who says so')
      .demandCommand(1, 'Say what to do: show')
      .epilog(
        `What may be said, its flag and its variable:\n${names}\n  params: -e NAME=VALUE, OVSFLEET_PARAMS (JSON)`,
      ),
  handler: () => {},
});
