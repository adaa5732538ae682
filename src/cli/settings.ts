import { type Configuration, flagOf, readConfiguration, type Setting } from '../config/index.ts';
import { FleetError } from '../model/error.ts';
import { paramsFlag } from './configured-params.ts';
import { errorText } from './fail.ts';
import { type KnownFlags, knownFlags } from './flags-known.ts';
import { home, lookFor } from './options.ts';

/** What was typed, as yargs hands it on: it is filled in in place. */
type Typed = Record<string, unknown>;

const flagFor = ({ name }: Setting): string => (name === 'params' ? paramsFlag : flagOf(name));

/** What is bound by a plan or an earlier run is not said anew by a configuration, which may have changed since. */
const boundBy = (typed: Typed): readonly string[] => {
  if (typed['plan'] !== undefined) return ['inventory', 'store'];
  const [command] = Array.isArray(typed['_']) ? typed['_'] : [];
  return typed['rerun'] !== undefined || command === 'resume' ? ['store'] : [];
};

const fill = (typed: Typed, { settings }: Configuration, flags: KnownFlags): void => {
  const bound = boundBy(typed);
  for (const setting of settings.values()) {
    const flag = flagFor(setting);
    if (bound.includes(flag)) continue;
    if (!flags.names.includes(flag) || !flags.unsaid(flag, typed[flag])) continue;
    const whole = flag === paramsFlag ? setting : setting.value;
    const value = flags.isList(flag) && !Array.isArray(whole) ? [whole] : whole;
    for (const name of flags.alike(flag)) typed[name] = value;
  }
};

const spelled = (flag: string): string => (flag.length === 1 ? `-${flag}` : `--${flag}`);

const refuseNonsense = (typed: Typed, flags: KnownFlags): void => {
  for (const flag of flags.names) {
    const value = typed[flag];
    if (Array.isArray(value) && !flags.isList(flag)) {
      throw new FleetError({
        code: 'input.usage',
        message: `${spelled(flag)} is given ${value.length} times.`,
        remedy: `Give it once: ${spelled(flag)} ${String(value.at(-1))}`,
      });
    }
    if (flags.isNumber(flag) && Number.isNaN(value)) {
      throw new FleetError({
        code: 'input.usage',
        message: `${spelled(flag)} is no number.`,
        remedy: `For example: ${spelled(flag)} 20`,
      });
    }
  }
};

/** Configuration of this process, by `--config`, the environment and the files there are. */
export const configurationOf = (typed: Readonly<Record<string, unknown>>): Promise<Configuration> =>
  readConfiguration({
    named: typeof typed['config'] === 'string' ? typed['config'] : undefined,
    environment: process.env,
    workingDirectory: process.cwd(),
    home,
  });

/**
 * Fills in what was not typed from the configuration, before it is judged whether something is missing.
 * @param tell gets what is known of the flags of the command, for whoever has to say what is wrong with them
 */
export const settle =
  (tell: (flags: KnownFlags) => void) =>
  async (typed: Typed, parser?: unknown): Promise<void> => {
    const flags = knownFlags(parser);
    tell(flags);
    refuseNonsense(typed, flags);
    const configuration = await configurationOf(typed);
    const look = lookFor(undefined, process.stderr);
    for (const problem of configuration.warnings)
      process.stderr.write(errorText(new FleetError(problem), look).replace('error:', 'warning:'));
    fill(typed, configuration, flags);
  };
