import type { Stamped } from '../model/event.ts';
import { createNarrator, type LineOptions } from './narrate.ts';
import { summaryView } from './summary.ts';

/** A sink that writes a log: whole lines, without a width. */
export interface PlainSink {
  readonly name: 'log';
  readonly accept: (event: Stamped) => void;
  /** Writes the summary. */
  readonly close: (reports: readonly string[]) => void;
}

export const plainSink = (options: LineOptions & { readonly write: (text: string) => void }): PlainSink => {
  const narrator = createNarrator({ ...options, phases: true });
  const put = (lines: readonly string[]): void => {
    if (lines.length > 0) options.write(lines.map((line) => `${line}\n`).join(''));
  };
  return {
    name: 'log',
    accept: (event) => put(narrator.tell(event)),
    close: (reports) =>
      put(summaryView(narrator.state(), { look: options.look, columns: Number.POSITIVE_INFINITY, reports })),
  };
};
