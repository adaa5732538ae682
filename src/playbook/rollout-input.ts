import { parseDuration } from '../model/duration.ts';
import { FleetError } from '../model/error.ts';
import { parseWindows, type WindowInput } from '../model/parse-window.ts';
import type { Rollout, Share, Spread } from '../model/rollout.ts';

/** How a play goes over its hosts, as a playbook says it. A text that is empty says nothing, so that a parameter may be. */
export interface RolloutInput {
  /** How many hosts are done after each wave: cumulative, floored, each at least one host more than the one before. */
  readonly waves?: readonly Share[];
  /** The most hosts in flight at a time; 10 unless said. */
  readonly concurrency?: Share;
  /** The failure after which nothing new starts; 1 unless said. */
  readonly stopAfterFailures?: Share;
  /** The most hosts that may be in flight, down from before, or failed, all together. */
  readonly maxUnavailable?: Share;
  /** To wait between waves, such as `10m`. */
  readonly pause?: string;
  /** A pattern: these hosts go first, in a wave of their own. */
  readonly canary?: string;
  readonly order?: 'inventory' | 'reverse' | 'sorted' | 'shuffle' | { readonly shuffle: string };
  /**
   * A variable of hosts, such as `rack`: never two hosts of one rack at a time. With `finish`: one rack is finished before
   * the next begins.
   */
  readonly spread?: string | { readonly by: string; readonly finish?: boolean };
  /** When hosts may be started, such as `tue,wed 01:00-05:00 Europe/Paris`: in any of several. */
  readonly window?: WindowInput | readonly WindowInput[];
}

const orders: ReadonlySet<unknown> = new Set(['inventory', 'reverse', 'sorted', 'shuffle']);

const orderOf = (order: RolloutInput['order'], what: string): Rollout['order'] => {
  if (typeof order === 'object') return { by: 'shuffle', seed: order.shuffle };
  const by = order ?? 'inventory';
  if (by === 'shuffle') return { by, seed: null };
  if (orders.has(by)) return { by };
  throw new FleetError({
    code: 'rollout.order',
    message: `${what}: hosts have no order "${by}".`,
    remedy: 'Write inventory, reverse, sorted or shuffle.',
  });
};

const spreadOf = (spread: RolloutInput['spread']): Spread | null => {
  if (spread === undefined || spread === '') return null;
  if (typeof spread === 'string') return { by: spread, rule: 'never-two' };
  return { by: spread.by, rule: spread.finish === true ? 'each-first' : 'never-two' };
};

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

/** @throws FleetError when a part of it is not right; `what` names the play */
export const rolloutOf = (input: RolloutInput, what: string): Rollout => {
  const given = input.window ?? [];
  const windows = parseWindows(isList(given) ? given : [given], `${what}: window`);
  const perHost = windows.flatMap(({ perHostMs }) => (perHostMs === null ? [] : [perHostMs]));
  return {
    waves: input.waves ?? [],
    concurrency: input.concurrency ?? 10,
    stopAfterFailures: input.stopAfterFailures ?? 1,
    maxUnavailable: input.maxUnavailable ?? null,
    pauseMs: parseDuration(input.pause ?? '0s', `${what}: pause`),
    canary: input.canary === undefined || input.canary === '' ? null : input.canary,
    order: orderOf(input.order, what),
    spread: spreadOf(input.spread),
    windows: windows.map(({ window }) => window),
    perHostMs: perHost.length > 0 ? Math.max(...perHost) : null,
  };
};
