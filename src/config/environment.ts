import { FleetError } from '../model/error.ts';
import { type Setting, type SettingSpec, settingNames, specOf, variableOf } from './settings.ts';
import { type Paths, settingOf, wantedOf } from './value.ts';

const switches: ReadonlyMap<string, boolean> = new Map([
  ...['1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
]);

const params = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** A variable is a text: what it says by its kind. Lists are written as PATH is, but one of hosts (`a,b,`) is one item. */
const meant = ({ kind }: SettingSpec, text: string): unknown => {
  switch (kind) {
    case 'text':
    case 'path':
    case 'path-or-none':
      return text;
    case 'texts':
    case 'paths':
      return text.includes(',') ? [text] : text.split(':').filter((item) => item !== '');
    case 'switch':
      return switches.get(text.toLowerCase());
    case 'count':
      return /^\d+$/.test(text) ? Number(text) : null;
    case 'params':
      return params(text);
  }
};

/**
 * What the environment says; an empty variable says nothing.
 * @throws FleetError `config.value` for a value that is none
 */
export const environmentSettings = (
  environment: Readonly<Record<string, string | undefined>>,
  paths: Paths,
): readonly Setting[] =>
  settingNames.flatMap((name) => {
    const variable = variableOf(name);
    const text = environment[variable] ?? '';
    const spec = specOf(name);
    if (text === '' || spec === undefined) return [];
    const value = settingOf(spec, meant(spec, text), paths);
    if (value !== null) return [{ name, value, from: variable, directory: paths.directory }];
    const wanted = spec.kind === 'params' ? 'a JSON object' : wantedOf(spec);
    throw new FleetError({
      code: 'config.value',
      message: `${variable} is "${text}", but must be ${wanted}.`,
      remedy: `Correct it, or leave it out: unset ${variable}`,
    });
  });
