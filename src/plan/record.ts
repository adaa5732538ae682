import type { Change } from '../model/change.ts';

const entry = /^([\w.-]+)=(.*)$/;

const record = (text: string): ReadonlyMap<string, string> | null => {
  const entries = text.split('\n').map((line) => entry.exec(line));
  if (!entries.every((match) => match !== null)) return null;
  return new Map(entries.map((match) => [match[1] ?? '', match[2] ?? '']));
};

/** What separates two texts that a step reads: by key when both are records, as a whole otherwise. */
export const changesBetween = (before: string, after: string): readonly Change[] => {
  const was = record(before);
  const will = record(after);
  if (was === null || will === null) return before === after ? [] : [{ key: '', before, after }];
  return [...new Set([...will.keys(), ...was.keys()])]
    .map((key) => ({ key, before: was.get(key) ?? '', after: will.get(key) ?? '' }))
    .filter((change) => change.before !== change.after);
};
