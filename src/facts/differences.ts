import type { Facts } from '../model/facts.ts';

/** What a host says of itself that it did not say before, a sentence each. */
export const factsDifferences = (before: Facts, now: Facts): readonly string[] => {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(now)
    .filter(([key, value]) => JSON.stringify(was.get(key)) !== JSON.stringify(value))
    .map(([key, value]) => `${key} was ${JSON.stringify(was.get(key))}, is ${JSON.stringify(value)}`);
};
