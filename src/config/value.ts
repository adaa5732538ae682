import { isAbsolute, resolve } from 'node:path';
import type { SettingSpec, SettingValue } from './settings.ts';

/** How a path is made absolute: `~`, and relative ones from a directory. A list of hosts (`a,b,`) is no path. */
export interface Paths {
  readonly directory: string;
  readonly home: string;
}

const pathIn = (text: string, { directory, home }: Paths): string => {
  if (text.includes(',')) return text;
  if (text === '~' || text.startsWith('~/')) return `${home}${text.slice(1)}`;
  return isAbsolute(text) ? text : resolve(directory, text);
};

const texts = (value: unknown): readonly string[] | null => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found = list.flatMap((item) => (typeof item === 'string' && item !== '' ? [item] : []));
  return found.length === list.length && found.length > 0 ? found : null;
};

const text = ({ choices }: SettingSpec, value: unknown): string | null => {
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return null;
  return choices === undefined || choices.includes(String(value)) ? String(value) : null;
};

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as a setting of this kind; `null` when it is none. */
export const settingOf = (spec: SettingSpec, value: unknown, paths: Paths): SettingValue | null => {
  switch (spec.kind) {
    case 'text':
      return text(spec, value);
    case 'texts':
      return texts(value);
    case 'path':
      return typeof value === 'string' && value !== '' ? pathIn(value, paths) : null;
    case 'path-or-none':
      return value === 'none' ? value : settingOf({ ...spec, kind: 'path' }, value, paths);
    case 'paths':
      return texts(value)?.map((path) => pathIn(path, paths)) ?? null;
    case 'switch':
      return typeof value === 'boolean' ? value : null;
    case 'count':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
    case 'params':
      return isMapping(value) ? value : null;
  }
};

/** What a setting may be, in words. */
export const wantedOf = ({ kind, choices }: SettingSpec): string => {
  if (choices !== undefined) return choices.join(' or ');
  switch (kind) {
    case 'text':
      return 'a text';
    case 'texts':
      return 'a text or a list of texts';
    case 'path':
      return 'a path';
    case 'path-or-none':
      return 'a path, or none';
    case 'paths':
      return 'a path or a list of paths';
    case 'switch':
      return 'true or false';
    case 'count':
      return 'a whole number';
    case 'params':
      return 'names and values';
  }
};
