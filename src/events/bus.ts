import { FleetError, type Problem } from '../model/error.ts';
import type { FleetEvent, Stamped } from '../model/event.ts';
import type { Clock } from '../model/ports.ts';
import { hidden } from './hidden.ts';
import type { Sink } from './sink.ts';

export interface Bus {
  /** Stamps an event and hands it to every sink before it returns. */
  readonly emit: (event: FleetEvent) => void;
  /** Resolves when all emitted so far survives a crash. Rejects with the sink's error: then nothing more may be done on hosts. */
  readonly durable: () => Promise<void>;
  /** Resolves when every sink has shown or written all emitted so far. */
  readonly flushed: () => Promise<void>;
}

export interface BusOptions {
  /** The id of the run, stamped on each event. */
  readonly run: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly sinks: readonly Sink[];
  /** What becomes of texts that hosts and errors brought, before anybody is told: secrets are taken out. */
  readonly hide?: (text: string) => string;
}

/**
 * One stream of events for all who listen. Every sink gets every event in the same order, also those that are emitted
 * while another is handed out. A sink that throws is detached, and the others get a warning; if it promised that events
 * survive a crash, none does any more.
 */
export const createBus = ({ run, clock, sinks, hide = (text) => text }: BusOptions): Bus => {
  let listening = sinks;
  let unrecorded: FleetError | null = null;
  let seq = 0;
  let handingOut = false;
  const queue: Stamped[] = [];

  const stamp = (event: FleetEvent): Stamped => ({ ...hidden(inert(event), hide), seq: ++seq, time: clock.now(), run });

  const handOut = (event: Stamped): void => {
    for (const sink of listening) {
      try {
        sink.accept(event);
      } catch (error) {
        listening = listening.filter((other) => other !== sink);
        const problem = detached(run, sink, error);
        if (sink.durable !== undefined) unrecorded ??= new FleetError(problem, error);
        queue.push(stamp({ type: 'warning', host: null, problem }));
      }
    }
  };

  const emit = (event: FleetEvent): void => {
    queue.push(stamp(event));
    if (handingOut) return;
    handingOut = true;
    for (let head = queue.shift(); head !== undefined; head = queue.shift()) handOut(head);
    handingOut = false;
  };

  return {
    emit,
    durable: async () => {
      if (unrecorded !== null) throw unrecorded;
      await Promise.all(listening.map((sink) => sink.durable?.()));
    },
    flushed: async () => {
      await Promise.all(listening.map((sink) => sink.flush?.()));
    },
  };
};

/** Events are data: a problem that is an error still is taken out of it, else its message would not be written as JSON. */
const inert = (event: FleetEvent): FleetEvent => {
  switch (event.type) {
    case 'host.finished':
      return { ...event, problem: event.problem === null ? null : bare(event.problem) };
    case 'warning':
    case 'rollout.halted':
      return { ...event, problem: bare(event.problem) };
    case 'gate.judged':
      return { ...event, failed: event.failed.map(({ host, problem }) => ({ host, problem: bare(problem) })) };
    case 'host.planned':
      return { ...event, plan: { ...event.plan, refusals: event.plan.refusals.map(bare) } };
    default:
      return event;
  }
};

const bare = ({ code, message, remedy, facts }: Problem): Problem => ({
  code,
  message,
  remedy,
  ...(facts === undefined ? {} : { facts }),
});

const detached = (run: string, sink: Sink, error: unknown): Problem => {
  const reason = error instanceof Error ? error.message : String(error);
  const facts = { sink: sink.name, reason };
  const message = `${sink.name} stopped listening: ${reason}`;
  return sink.durable === undefined
    ? { code: 'events.sink-failed', message, remedy: `the run goes on and is recorded: ovsfleet report ${run}`, facts }
    : { code: 'journal.unwritable', message, remedy: 'nothing more is started; go on with: ovsfleet resume', facts };
};
