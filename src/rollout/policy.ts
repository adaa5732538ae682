import type { Problem } from '../model/error.ts';
import type { Limit, Policy } from '../model/policy.ts';

/** What is to be judged. */
export interface Request {
  /** How many hosts the run is for. */
  readonly hosts: number;
  /** How many hosts the inventory has. */
  readonly inventory: number;
  readonly ticket: string | null;
}

const tooMany = (hosts: number, most: string, { at }: Limit<number>, key: string): Problem => ({
  code: `policy.${key}`,
  message: `The run is for ${hosts} hosts, and ${most} (${key} in ${at}).`,
  remedy: 'Take fewer at a time with --limit, one part after the other.',
  facts: { hosts },
});

const ticketProblem = (ticket: string | null, { value, at }: Limit<string>): Problem => ({
  code: 'policy.ticket',
  message:
    ticket === null
      ? `A run needs a ticket that looks like ${value} (ticket in ${at}).`
      : `"${ticket}" is no ticket: one looks like ${value} (ticket in ${at}).`,
  remedy: 'Say which change this is: --ticket …',
});

/** The whole of it: `CHG-1` in `xCHG-1` would be none. */
const looksLike = (ticket: string | null, pattern: string): boolean =>
  ticket !== null && new RegExp(`^(?:${pattern})$`).test(ticket);

/** Every reason why a policy does not allow a run; none when all of them do. */
export const judge = (policies: readonly Policy[], { hosts, inventory, ticket }: Request): readonly Problem[] =>
  policies.flatMap(({ maxHosts, maxPercent, ticket: needed }) => [
    ...(maxHosts !== null && hosts > maxHosts.value
      ? [tooMany(hosts, `no more than ${maxHosts.value} are allowed`, maxHosts, 'max_hosts')]
      : []),
    ...(maxPercent !== null && hosts * 100 > maxPercent.value * inventory
      ? [tooMany(hosts, `no more than ${maxPercent.value}% of ${inventory} are allowed`, maxPercent, 'max_percent')]
      : []),
    ...(needed !== null && !looksLike(ticket, needed.value) ? [ticketProblem(ticket, needed)] : []),
  ]);

const least = (limits: readonly (Limit<number> | null)[]): Limit<number> | null =>
  limits.reduce((low, limit) => (low === null || (limit !== null && limit.value < low.value) ? limit : low), null);

/** The smallest number of hosts above which one policy wants the operator to say how many there are. */
export const confirmAbove = (policies: readonly Policy[]): Limit<number> | null =>
  least(policies.map((policy) => policy.confirmAbove));

/** The most hosts that all policies allow in flight. */
export const concurrencyAllowed = (policies: readonly Policy[]): number | null =>
  least(policies.map((policy) => policy.maxConcurrency))?.value ?? null;
