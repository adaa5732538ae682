import type { HostProblem } from '../model/causes.ts';
import type { Problem } from '../model/error.ts';
import type { FleetEvent } from '../model/event.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Layout } from './layout.ts';

/** Why nothing new starts, when no host of the play has failed. */
export type Halted = Extract<FleetEvent, { readonly type: 'rollout.halted' }>['because'];

export const gateProblem = (failed: readonly HostProblem[]): Problem => ({
  code: 'rollout.gate',
  message: `the gate before the next wave does not hold on ${foldHosts(failed.map(({ host }) => host))}: no other host is started.`,
  remedy: 'Mend what it says of them, then: ovsfleet resume',
  facts: { hosts: failed.length },
});

export const capacityProblem = ({ down, schedule, play }: Layout): Problem => ({
  code: 'rollout.capacity',
  message: `${play.title}: ${foldHosts(down)} ${down.length === 1 ? 'was' : 'were'} down before it began, and no more than ${schedule.capacity} may be in flight, down or failed together: no other host is started.`,
  remedy: `Bring them back, or leave them out with --limit 'all:!${down.join(':!')}', or allow more with maxUnavailable in the play's rollout.`,
  facts: { down: down.length, capacity: schedule.capacity },
});
