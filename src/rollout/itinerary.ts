import type { Order, Share, Spread } from '../model/rollout.ts';
import { ordered } from './order.ts';
import { waves } from './waves.ts';

export interface ItineraryInput {
  /** In the order of the inventory. */
  readonly hosts: readonly string[];
  readonly order: Order;
  readonly waves: readonly Share[];
  /** Those of the hosts that go first, in a wave of their own. */
  readonly canaries: ReadonlySet<string>;
  readonly spread: Spread | null;
  /** The domain of a host, by the variable of `spread`; `null` when it has none. */
  readonly domainOf: (host: string) => string | null;
}

/** Domain by domain, in the order in which each is met first; hosts without one come last. */
const domainByDomain = (hosts: readonly string[], domainOf: ItineraryInput['domainOf']): readonly string[] => {
  const domains = [...new Set(hosts.map(domainOf))].toSorted((a, b) => Number(a === null) - Number(b === null));
  return domains.flatMap((domain) => hosts.filter((host) => domainOf(host) === domain));
};

/**
 * The waves in which a play takes its hosts. Canaries are a wave of their own before the first, and the shares are of the
 * hosts that are left.
 */
export const itinerary = (input: ItineraryInput): readonly (readonly string[])[] => {
  const { canaries, spread, domainOf } = input;
  const inOrder = ordered(input.hosts, input.order);
  const all = spread?.rule === 'each-first' ? domainByDomain(inOrder, domainOf) : inOrder;
  const first = all.filter((host) => canaries.has(host));
  const others = all.filter((host) => !canaries.has(host));
  return [...(first.length > 0 ? [first] : []), ...waves(others, input.waves)];
};
