import { methodOf, type Way } from './ways.ts';

const isNone = ({ kind }: Way): boolean => kind === 'none';

const again: Way = { kind: 'none', title: 'none' };

/**
 * Goes through ways in their order, those first that the host takes just now: where it wants a key and then a password,
 * it names the second when it has the first. A password is given once, by one of its two methods.
 */
export const wayPicker = (
  ways: readonly Way[],
): ((accepted: readonly string[] | null, last: Way | undefined) => Way | undefined) => {
  let left = ways;
  let known: readonly string[] | null = null;
  const take = (way: Way): Way => {
    left = left.filter((other) => other !== way && (way.kind !== 'password' || other.kind !== 'keyboard-interactive'));
    return way;
  };
  return (accepted, last) => {
    // After a key of an agent ssh2 says again what the host said before it: that may be out of date.
    const stale = last?.kind === 'agent-key';
    if (!stale) known = accepted;
    const next = left.find((way) => isNone(way) || known === null || known.includes(methodOf(way)));
    if (next !== undefined) return take(next);
    return stale && left.length > 0 ? again : undefined;
  };
};
