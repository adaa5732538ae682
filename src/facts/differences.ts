import type { Facts, OvsFacts } from '../model/facts.ts';

const differing = (of: string, before: object, now: object): readonly string[] => {
  const was = new Map<string, unknown>(Object.entries(before));
  return (
    Object.entries(now)
      // a fact that nobody asked for then is no other one now
      .filter(([key]) => was.has(key))
      .filter(([key, value]) => JSON.stringify(was.get(key)) !== JSON.stringify(value))
      .map(([key, value]) => `${key}${of} was ${JSON.stringify(was.get(key))}, is ${JSON.stringify(value)}`)
  );
};

/** A cold upgrade puts stray daemons back under their units. */
const putBack = (before: OvsFacts, now: OvsFacts): boolean =>
  before.owner === 'astray' && (now.owner === 'debian' || now.owner === 'el');

const ovsDifferences = (before: OvsFacts | null, now: OvsFacts | null): readonly string[] => {
  // A first installation and a start make it run.
  if (before === null) return [];
  if (now === null) return ['Open vSwitch ran, and runs no more'];
  return differing(' of Open vSwitch', putBack(before, now) ? { ...before, owner: now.owner } : before, now);
};

/** What a host says of itself that it did not say before, and that no successful run changes; a sentence each. */
export const factsDifferences = (before: Facts, now: Facts): readonly string[] => {
  const { ovs: switchBefore, ...restBefore } = before;
  const { ovs: switchNow, ...restNow } = now;
  return [...differing('', restBefore, restNow), ...ovsDifferences(switchBefore, switchNow)];
};
