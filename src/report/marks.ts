import type { Stamped } from '../model/event.ts';
import type { Mark } from './report.ts';

export type MarkEvent = Extract<Stamped, { readonly type: 'transaction.phase' | 'transaction.state' }>;

/**
 * The marks of one transaction in the order the host made them, each once: attaching again tells them again. Durations
 * are by the host's clock alone. The difference to the controller's clock is the least that was seen: that announcement
 * was the quickest.
 */
export const marksOf = (events: readonly MarkEvent[]): readonly Mark[] => {
  const once = new Map<number, MarkEvent>();
  for (const event of events) if (!once.has(event.index)) once.set(event.index, event);
  const ordered = [...once.values()].toSorted((a, b) => a.index - b.index);
  const ahead = Math.min(...ordered.map(({ time, hostTime }) => time - hostTime));
  return ordered.map((event, i) => {
    const following = ordered[i + 1];
    return {
      name: event.type === 'transaction.phase' ? event.phase : event.state,
      kind: event.type === 'transaction.phase' ? 'phase' : 'state',
      hostTime: event.hostTime,
      at: event.hostTime + ahead,
      ms: following === undefined ? null : Math.max(0, following.hostTime - event.hostTime),
    };
  });
};
