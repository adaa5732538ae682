import type { Spread } from '../model/rollout.ts';

/** Which hosts fail together, and what that means for when they may start. */
export interface Domains {
  /** Whether two hosts must not be in flight together. */
  readonly apart: (a: string, b: string) => boolean;
  readonly rule: Spread['rule'];
  readonly of: (host: string) => string | null;
}

/**
 * Domains of hosts by a variable. Hosts of which nobody said it count as one domain: they may well be together.
 */
export const domainsBy = (spread: Spread, of: (host: string) => string | null): Domains => ({
  apart: (a, b) => (spread.rule === 'never-two') === (of(a) === of(b)),
  rule: spread.rule,
  of,
});

/** The waiting hosts whose domain is under way, or whose turn it is; all of them when domains are not taken in turn. */
export const inOpenDomain = (
  { rule, of }: Domains,
  waiting: readonly string[],
  inFlight: readonly string[],
): readonly string[] => {
  const [first] = waiting;
  if (rule === 'never-two' || first === undefined) return waiting;
  const [flying = first] = inFlight;
  // The domain that is under way, and else that of the first: the row is by domain.
  return waiting.filter((host) => of(host) === of(flying));
};
