import type { Sink } from '../events/index.ts';
import type { Stamped } from '../model/event.ts';
import {
  initialState,
  jsonSink,
  type Look,
  plainSink,
  type RunState,
  reduce,
  summaryView,
  terminalSink,
} from '../render/index.ts';

import type { RunFlags } from './run-flags.ts';

export interface Screen extends Sink {
  readonly close: (reports: readonly string[]) => void;
}

interface ScreenOptions {
  readonly json: boolean;
  readonly verbose: number;
  readonly look: Look;
}

const out = (text: string): void => {
  process.stdout.write(text);
};

const columns = (): number => process.stdout.columns ?? 100;

const verbosity = (count: number): 0 | 1 | 2 => (count <= 0 ? 0 : count === 1 ? 1 : 2);

/** Where a run is shown: live on a terminal, as a log elsewhere, as JSON when a program reads along. */
export const runScreen = ({ json, verbose, look, change }: ScreenOptions & Pick<RunFlags, 'change'>): Screen => {
  if (json) return { ...jsonSink(out), close: () => {} };
  const lines = { look, zone: Intl.DateTimeFormat().resolvedOptions().timeZone, verbosity: verbosity(verbose) };
  // A question must not be painted over.
  if (!process.stdout.isTTY || change.eachStep === 'ask') return plainSink({ ...lines, write: out });
  return terminalSink({
    ...lines,
    now: () => Date.now(),
    terminal: {
      write: out,
      get columns() {
        return columns();
      },
      get rows() {
        return process.stdout.rows ?? 24;
      },
    },
    schedule: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
  });
};

/** Where a plan is shown: whole, when all hosts have been read. */
export const planScreen = ({ json, look }: ScreenOptions): Screen => {
  if (json) return { ...jsonSink(out), close: () => {} };
  let state: RunState = initialState;
  return {
    name: 'plan',
    accept: (event: Stamped) => {
      state = reduce(state, event);
    },
    close: (reports) => {
      const options = { look, columns: columns() };
      out(`${summaryView(state, { ...options, reports }).join('\n')}\n`);
    },
  };
};
