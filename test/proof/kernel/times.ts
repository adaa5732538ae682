import type { Stamped } from '../../../src/model/event.ts';
import { eventsOf } from '../../lab/support/product.ts';

interface Part {
  readonly name: string;
  readonly ms: number;
}

// What takes less is not where the minutes go.
const WORTH_TELLING_MS = 2000;

const nameOf = (event: Stamped): string => ('step' in event ? `${event.type} ${event.step}` : event.type);

/** By the controller's clock: how long nothing was told before each event. What a transaction tells comes when it is asked for. */
const waits = (events: readonly Stamped[]): readonly Part[] =>
  events
    .map((event, index) => ({ event, ms: event.time - (events[index - 1] ?? event).time }))
    .filter(({ event }) => !event.type.startsWith('transaction.'))
    .map(({ event, ms }) => ({ name: `until ${nameOf(event)}`, ms }));

/** By the host's own clock: each lasts until the next one, or until the state that follows. */
const phases = (events: readonly Stamped[]): readonly Part[] => {
  const moments = [
    ...eventsOf(events, 'transaction.phase').map(({ phase, index, hostTime }) => ({ phase, index, hostTime })),
    ...eventsOf(events, 'transaction.state').map(({ index, hostTime }) => ({ phase: '', index, hostTime })),
  ].toSorted((one, other) => one.index - other.index);
  return moments.flatMap(({ phase, hostTime }, index) => {
    const next = moments[index + 1];
    return phase === '' || next === undefined ? [] : [{ name: phase, ms: next.hostTime - hostTime }];
  });
};

/** Where the time of a run went: what took two seconds or more, one after the other. */
export const timesOf = (events: readonly Stamped[]): string =>
  [...waits(events), ...phases(events)]
    .filter(({ ms }) => ms >= WORTH_TELLING_MS)
    .map(({ name, ms }) => `${(ms / 1000).toFixed(1)} s ${name}`)
    .join('; ');
