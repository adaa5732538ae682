import type { Problem } from '../model/error.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Outlook, WindowOutlook } from '../model/outlook.ts';
import type { Spread } from '../model/rollout.ts';
import { foresee } from '../rollout/index.ts';
import type { Layout } from './layout.ts';
import type { Services } from './services.ts';

const windowOutlook = (layout: Layout, now: number): WindowOutlook | null => {
  const { schedule, time, timetableOf, zone, play } = layout;
  const hosts = schedule.waves.flat().length;
  if (hosts === 0 || (zone === null && time.by !== 'measured')) return null;
  const seen = foresee({ schedule, time, timetableOf, now, pauseMs: play.rollout.pauseMs });
  return { ...seen, zone, hosts, perHostMs: time.ms, needMs: time.needMs, by: time.by, askedAt: now };
};

const spreadText = ({ by, rule }: Spread): string => {
  switch (rule) {
    case 'never-two':
      return `never two of one ${by} at a time`;
    case 'each-first':
      return `one ${by} after the other`;
  }
};

/** What the layout of a play holds to, as it is told; `null` when its waves say all. */
const outlookOf = (layout: Layout, now: number): Outlook | null => {
  const { order, play, canaries, schedule, down } = layout;
  const window = windowOutlook(layout, now);
  const { spread } = play.rollout;
  if (schedule.waves.length === 0) return null;
  if (order.by === 'inventory' && spread === null && canaries === 0 && down.length === 0 && window === null)
    return null;
  return {
    order: order.by === 'shuffle' ? `shuffle, seed ${order.seed}` : order.by,
    spread: spread === null ? null : spreadText(spread),
    ...{ canaries, capacity: schedule.capacity, down, window },
  };
};

const homelessProblem = ({ homeless, play }: Layout, by: string): Problem => ({
  code: 'rollout.no-domain',
  message: `${play.title}: ${foldHosts(homeless)} ${homeless.length === 1 ? 'has' : 'have'} no ${by}: they are taken as if all of them shared one.`,
  remedy: `Say in the inventory which ${by} each is in.`,
  facts: { hosts: homeless.length },
});

/** Tells how a play will go over its hosts, as it begins. */
export const tellLayout = (layout: Layout, { bus, clock }: Pick<Services, 'bus' | 'clock'>): void => {
  const { index, play, schedule, homeless } = layout;
  const { spread } = play.rollout;
  bus.emit({
    type: 'play.started',
    play: index,
    title: play.title,
    waves: schedule.waves,
    concurrency: schedule.concurrency,
    stopAfter: schedule.limit,
    pauseMs: play.rollout.pauseMs,
  });
  if (spread !== null && homeless.length > 0)
    bus.emit({ type: 'warning', host: null, problem: homelessProblem(layout, spread.by) });
  const outlook = outlookOf(layout, clock.now());
  if (outlook !== null) bus.emit({ type: 'play.outlook', play: index, outlook });
};
