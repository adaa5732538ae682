import type { Spread } from '../model/rollout.ts';

/** Which hosts fail together, and what that means for when they may start. */
export interface Domains {
  readonly rule: Spread['rule'];
  /** The domain of a host. Hosts of which nobody said it count as one domain: they may well be together. */
  readonly of: (host: string) => string | null;
}

export const domainsBy = (spread: Spread, of: Domains['of']): Domains => ({ rule: spread.rule, of });

/** Who may start as far as domains go, while the hosts that start now are chosen one by one. */
export interface Turn {
  readonly isOpen: (host: string) => boolean;
  readonly take: (host: string) => void;
}

const anyTurn: Turn = { isOpen: () => true, take: () => undefined };

/** Asked for every waiting host each time that one ends: by what is taken, not by comparing each with all in flight. */
export const turnOf = (domains: Domains | null, waiting: readonly string[], inFlight: readonly string[]): Turn => {
  if (domains === null) return anyTurn;
  const { of, rule } = domains;
  if (rule === 'never-two') {
    const taken = new Set(inFlight.map(of));
    return { isOpen: (host) => !taken.has(of(host)), take: (host) => taken.add(of(host)) };
  }
  const [first] = [...inFlight.slice(0, 1), ...waiting];
  // The domain that is under way, and else that of the first: the row is by domain.
  const open = first === undefined ? null : of(first);
  return { isOpen: (host) => of(host) === open, take: () => undefined };
};
