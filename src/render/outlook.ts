import { formatDuration } from '../model/duration.ts';
import { foldHosts } from '../model/fold-hosts.ts';
import type { Outlook, WindowOutlook } from '../model/outlook.ts';
import { momentIn } from './clock.ts';
import type { Look } from './look.ts';
import { counted } from './text.ts';

/** `a host took 4m in earlier runs, 8m are kept for it` */
const basis = ({ by, perHostMs, needMs, zone }: WindowOutlook): string => {
  const need = `${formatDuration(needMs)} are kept for each host`;
  if (zone === null) return `a host took ${formatDuration(perHostMs)} in earlier runs`;
  switch (by) {
    case 'told':
      return need;
    case 'measured':
      return `a host took ${formatDuration(perHostMs)} in earlier runs, ${need}`;
    case 'deadlines':
      return `not measured yet, by its deadlines ${need}`;
    case 'nothing':
      return 'how long a host takes is not known yet';
  }
};

/** From when to when, and how many hosts fit. */
const windowText = (outlook: WindowOutlook, look: Look): string => {
  const { zone, askedAt, opensAt, closesAt, endsAt, hosts, fit, needMs } = outlook;
  if (opensAt === null) {
    return look.paint('bad', `no window is open for long enough: ${formatDuration(needMs)} are needed for a host`);
  }
  if (zone === null) return `about ${formatDuration((endsAt ?? opensAt) - opensAt)} in all`;
  const moment = momentIn(zone, askedAt);
  const opens = opensAt > askedAt ? `opens ${moment(opensAt)}` : 'is open';
  const closes = closesAt === null ? '' : ` until ${momentIn(zone, opensAt)(closesAt)}`;
  const window = `window ${opens}${closes} ${zone}`;
  if (fit < hosts) {
    const before = closesAt === null ? 'will not finish' : `will not finish before ${moment(closesAt)}`;
    return `${window}: ${look.paint('warn', `${before}: ${fit} of ${counted(hosts, 'host')} fit in this window`)}`;
  }
  if (endsAt === null || outlook.by === 'nothing') return window;
  const takes = `about ${formatDuration(endsAt - opensAt)}`;
  const of = closesAt === null ? '' : ` of ${formatDuration(closesAt - opensAt)}`;
  return `${window}: ${takes}${of}, done at ${momentIn(zone, opensAt)(endsAt)}`;
};

/** What a rollout holds to beyond its waves, and how far it is expected to get, a line each. */
export const outlookTexts = (outlook: Outlook, look: Look): readonly string[] => {
  const { order, spread, canaries, capacity, down, window } = outlook;
  const rules = [
    ...(canaries > 0 ? [`${counted(canaries, 'canary host')} first`] : []),
    ...(order === 'inventory' ? [] : [`order: ${order}`]),
    ...(spread === null ? [] : [spread]),
  ];
  const taken = `down already: ${foldHosts(down)}; ${Math.max(0, capacity - down.length)} of ${capacity} may be in flight or fail`;
  return [
    ...(rules.length > 0 ? [look.paint('quiet', rules.join('; '))] : []),
    ...(down.length > 0 ? [look.paint('warn', taken)] : []),
    ...(window === null ? [] : [windowText(window, look), look.paint('quiet', basis(window))]),
  ];
};
