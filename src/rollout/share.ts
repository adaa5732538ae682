import { FleetError } from '../model/error.ts';
import type { Share } from '../model/rollout.ts';

const percentage = /^(\d{1,3})(?:\.(\d{1,6}))?%$/;

/**
 * The hosts that a share stands for, floored. Percentages are cut by integer arithmetic: with floating point, 29 % of
 * 100 would give 28.
 * @throws FleetError `rollout.share` when it is neither a whole number ≥ 0 nor a percentage from 0 to 100.
 */
export const hostsOf = (share: Share, total: number): number => {
  if (typeof share === 'number') {
    if (Number.isInteger(share) && share >= 0) return share;
    throw badShare(share);
  }
  const [, whole, fraction = ''] = percentage.exec(share) ?? [];
  if (whole === undefined) throw badShare(share);
  const scale = 10 ** fraction.length;
  const parts = Number(whole) * scale + Number(fraction || 0);
  if (parts > 100 * scale) throw badShare(share);
  return Math.floor((parts * total) / (100 * scale));
};

const badShare = (share: Share): FleetError =>
  new FleetError({
    code: 'rollout.share',
    message: `"${share}" is not a share of hosts`,
    remedy: "write a whole number such as 5, or a percentage from 0% to 100% such as '10%'",
    facts: { share },
  });
