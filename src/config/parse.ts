import { dirname } from 'node:path';
import type { Problem } from '../model/error.ts';
import { didYouMean, nearest } from '../model/nearest.ts';
import { several } from '../model/several.ts';
import { parseYaml, problemAt } from '../yaml/index.ts';
import { type Setting, settingNames, specOf } from './settings.ts';
import { settingOf, wantedOf } from './value.ts';

const listed = `It may say: ${settingNames.join(', ')}`;

/**
 * What a configuration file says.
 * @param file its absolute path: relative paths in it count from its directory
 * @throws FleetError `config.unknown`, `config.value`, or `config.problems` with all of them
 */
export const parseConfig = (text: string, file: string, home: string): readonly Setting[] => {
  const document = parseYaml(text, file);
  const { value } = document;
  if (value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) {
    const problem = { code: 'config.value', message: 'names and values are wanted here.', remedy: listed };
    throw several('config.problems', file, [problemAt(document.position([]), problem)]);
  }
  const settings: Setting[] = [];
  const problems: Problem[] = [];
  for (const [name, given] of Object.entries(value)) {
    const at = document.position([name]);
    const spec = specOf(name);
    if (spec === undefined) {
      const meant = didYouMean(nearest(name, settingNames));
      problems.push(
        problemAt(at, {
          code: 'config.unknown',
          message: `there is no setting "${name}".${meant}`,
          remedy: listed,
        }),
      );
      continue;
    }
    const read = settingOf(spec, given, { directory: dirname(file), home });
    if (read === null) {
      const shown = JSON.stringify(given);
      const message = `"${name}" (${spec.about}) is ${shown}, but must be ${wantedOf(spec)}.`;
      problems.push(problemAt(at, { code: 'config.value', message, remedy: `Correct it, or leave "${name}" out` }));
    } else {
      settings.push({ name, value: read, from: `${file}:${at.line}`, directory: dirname(file) });
    }
  }
  const [first, ...others] = problems;
  if (first !== undefined) throw several('config.problems', file, [first, ...others]);
  return settings;
};
