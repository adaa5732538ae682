import type { Stamped } from '../model/event.ts';

/** Who listens to a run. Nothing flows back from a sink. */
export interface Sink {
  /** What a warning calls it: `journal`, `terminal`, … */
  readonly name: string;
  /** Takes an event at once; slow work is put off. */
  readonly accept: (event: Stamped) => void;
  /** Resolves when all accepted so far survives a crash; for sinks that promise it. */
  readonly durable?: () => Promise<void>;
  /** Resolves when all accepted so far has been shown or written. */
  readonly flush?: () => Promise<void>;
}

export interface MemorySink extends Sink {
  readonly events: readonly Stamped[];
}

/** Keeps what it is given, for tests and for reports made at the end of a run. */
export const memorySink = (name = 'memory'): MemorySink => {
  const events: Stamped[] = [];
  return { name, events, accept: (event) => void events.push(event) };
};
