import type { Share } from '../model/rollout.ts';
import { hostsOf } from './share.ts';

/**
 * Cuts hosts, in their order, into waves. Shares are *cumulative* targets, each floored and at least one host more than
 * the one before: `[1, '10%', '50%', '100%']` of 18 hosts gives 1, 1, 7 and 9 of them. No host is ever left out: those
 * beyond the last target form one more wave, as the rest of a play follows the last size of Ansible's `serial`. Targets
 * past the last host are dropped, so that no wave is empty. Without shares all hosts are one wave.
 */
export const waves = (hosts: readonly string[], shares: readonly Share[]): readonly (readonly string[])[] => {
  const cut: (readonly string[])[] = [];
  let done = 0;
  for (const target of [...shares.map((share) => hostsOf(share, hosts.length)), hosts.length]) {
    if (done === hosts.length) break;
    const end = Math.min(hosts.length, Math.max(done + 1, target));
    cut.push(hosts.slice(done, end));
    done = end;
  }
  return cut;
};

/** The failure that stops a play: the share of its hosts, floored, but at least the first. */
export const failureLimit = (stopAfter: Share, total: number): number => Math.max(1, hostsOf(stopAfter, total));

/** The hosts in flight at a time: the share of a play's hosts, floored, but at least one. */
export const windowOf = (concurrency: Share, total: number): number =>
  typeof concurrency === 'number' ? concurrency : Math.max(1, hostsOf(concurrency, total));

/** How many hosts may be out of service together: the share of all that a play is for, floored, but at least one. */
export const capacityOf = (maxUnavailable: Share, total: number): number => Math.max(1, hostsOf(maxUnavailable, total));
