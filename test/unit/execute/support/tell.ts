import type { Stamped } from '../../../../src/model/event.ts';

type EventOf<T extends Stamped['type']> = Extract<Stamped, { readonly type: T }>;

/** The events of one type. */
export const eventsOf = <T extends Stamped['type']>(events: readonly Stamped[], type: T): readonly EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

/** `hv01 changed`, in the order that hosts ended. */
export const ends = (events: readonly Stamped[]): readonly string[] =>
  eventsOf(events, 'host.finished').map(({ host, outcome }) => `${host} ${outcome}`);

/** `hv01 step.failed: hv01: …` of those that did not end well. */
export const reasons = (events: readonly Stamped[]): readonly string[] =>
  eventsOf(events, 'host.finished').flatMap(({ problem }) =>
    problem === null ? [] : [`${problem.code} ${problem.message}`],
  );

/** `step outcome before→after` of every step that ended on a host. */
export const steps = (events: readonly Stamped[], host: string): readonly string[] =>
  eventsOf(events, 'step.finished')
    .filter((event) => event.host === host)
    .map(({ step, outcome, changes }) =>
      [step, outcome, ...changes.map(({ key, before, after }) => `${key}${before}→${after}`)].join(' '),
    );
