import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { FleetError } from '../../model/error.ts';
import { type ExitCode, exitCodes } from '../../model/exit-code.ts';
import type { Look } from '../../render/index.ts';
import { policyOption } from '../change-options.ts';
import { configuredParams, paramsFlag } from '../configured-params.ts';
import { fleetFlagsOf } from '../fleet-flags.ts';
import { type Found, type LintInput, lint } from '../lint.ts';
import { colorOf, fleetOptionsIfAny, lookFor } from '../options.ts';
import { extraOption } from '../run-flags.ts';

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Those of the working directory when none are named. */
const playbooksHere = async (): Promise<readonly string[]> => {
  const names = await readdir('playbooks').catch(() => []);
  return names
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .toSorted()
    .map((name) => join('playbooks', name));
};

const textOf = ({ severity, problem }: Found, look: Look): string => {
  const word = look.paint(severity === 'error' ? 'bad' : 'warn', `${severity}:`);
  return `${word} ${problem.message}\n${look.paint('quiet', `  ${look.glyphs.arrow}`)} ${problem.remedy}\n`;
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const summary = (found: readonly Found[], { fleet, playbooks }: LintInput): string => {
  const errors = found.filter(({ severity }) => severity === 'error').length;
  const looked = [...fleet.inventory, ...playbooks].join(', ');
  return `${counted(errors, 'error')}, ${counted(found.length - errors, 'warning')}: ${looked}\n`;
};

/** `ovsfleet lint`: all that is wrong, together, before anything is connected to. */
export const lintCommand = (ended: (code: ExitCode) => void): CommandModule => ({
  command: 'lint [playbooks..]',
  describe: 'Say all that is wrong with an inventory, policies and playbooks, and connect to nothing',
  builder: (yargs) =>
    extraOption(policyOption(fleetOptionsIfAny(yargs)))
      .positional('playbooks', {
        type: 'string',
        array: true,
        default: [],
        describe: 'Playbooks; those in playbooks/ unless said',
      })
      .option('type-check', { alias: 'typecheck', type: 'boolean', default: true, describe: 'Check types, too' })
      .option('strict', { type: 'boolean', default: false, describe: 'Warnings count as errors' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON, a problem a line' })
      .option('color', { type: 'boolean', describe: 'Colour, also where the output is no terminal' })
      .example('$0 lint -i hosts', 'the inventory, the policies, and playbooks/*.ts')
      .example('$0 lint -i hosts upgrade.ts -e version=3.5.0', 'a playbook with its parameters'),
  handler: async (argv) => {
    const named = texts(argv['playbooks']);
    const input: LintInput = {
      fleet: fleetFlagsOf(argv),
      playbooks: named.length > 0 ? named : await playbooksHere(),
      policies: texts(argv['policy']),
      extra: texts(argv['extra']),
      configured: configuredParams(argv[paramsFlag]),
      types: argv['typeCheck'] === false ? 'trust' : 'check',
    };
    if (input.fleet.inventory.length + input.playbooks.length + input.policies.length === 0) {
      throw new FleetError({
        code: 'input.usage',
        message: 'There is nothing to look at.',
        remedy: 'Say what: ovsfleet lint -i inventory.yaml playbooks/upgrade.ts',
      });
    }
    const found = await lint(input);
    const look = lookFor(colorOf(argv), process.stdout);
    for (const each of found)
      process.stdout.write(
        argv['json'] === true
          ? `${JSON.stringify({ severity: each.severity, ...each.problem })}\n`
          : textOf(each, look),
      );
    if (argv['json'] !== true) process.stdout.write(summary(found, input));
    const counts = found.filter(({ severity }) => severity === 'error' || argv['strict'] === true);
    ended(counts.length > 0 ? exitCodes.input : exitCodes.ok);
  },
});
