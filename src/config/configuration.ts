import { join, resolve } from 'node:path';
import type { Problem } from '../model/error.ts';
import { environmentSettings } from './environment.ts';
import { findConfig, namedConfig } from './find.ts';
import { parseConfig } from './parse.ts';
import type { Setting } from './settings.ts';

export interface ConfigInput {
  /** As `--config` names it; undefined when it does not. */
  readonly named: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly home: string;
}

export interface Configuration {
  /** What holds where no flag says otherwise, each name once. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** The files that were read. */
  readonly files: readonly string[];
  readonly warnings: readonly Problem[];
}

/**
 * What is configured besides flags. For each name the first of these that says it: the environment, the nearest
 * `ovsfleet.yaml` upwards from the working directory, the user's own (`~/.config/ovsfleet/ovsfleet.yaml`). A file named by
 * `--config` or `OVSFLEET_CONFIG` stands in the place of both files.
 * @throws FleetError `config.…` for whatever cannot be meant
 */
export const readConfiguration = async (input: ConfigInput): Promise<Configuration> => {
  const { environment, workingDirectory, home } = input;
  const named = input.named ?? (environment['OVSFLEET_CONFIG'] || undefined);
  const user = environment['XDG_CONFIG_HOME'] || join(home, '.config');
  const found =
    named === undefined
      ? await findConfig({ from: workingDirectory, user })
      : await namedConfig(resolve(workingDirectory, named));
  const said = [
    ...environmentSettings(environment, { directory: workingDirectory, home }),
    ...found.files.flatMap(({ path, text }) => parseConfig(text, path, home)),
  ];
  const settings = new Map<string, Setting>();
  for (const setting of said) if (!settings.has(setting.name)) settings.set(setting.name, setting);
  return { settings, files: found.files.map(({ path }) => path), warnings: found.warnings };
};
