import type { Stamped } from '../model/event.ts';
import { liveView } from './live.ts';
import { createNarrator, type LineOptions } from './narrate.ts';
import { summaryView } from './summary.ts';
import { columnsOf } from './text.ts';

/** The terminal, as much as is needed of it. Sizes are read anew for each drawing: windows are resized. */
export interface Terminal {
  readonly write: (text: string) => void;
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalOptions extends LineOptions {
  readonly terminal: Terminal;
  readonly now: () => number;
  /** Calls back after so many milliseconds, unless the function that it returns is called before. */
  readonly schedule: (ms: number, callback: () => void) => () => void;
}

/** A sink that draws a run on a terminal; what ended scrolls away above the view. */
export interface TerminalSink {
  readonly name: 'terminal';
  readonly accept: (event: Stamped) => void;
  /** Draws all there is, takes the view away, shows the cursor again; also when the run did not end. */
  readonly close: (reports: readonly string[]) => void;
}

const drawEveryMs = 100;
/** Elapsed times go on also when nothing happens. */
const tickMs = 1000;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearToEnd = '\u001b[J';

export const terminalSink = (options: TerminalOptions): TerminalSink => {
  const { terminal, now, schedule, look } = options;
  const narrator = createNarrator({ ...options, phases: false });
  let lines: string[] = [];
  let drawn: readonly string[] = [];
  let lastDraw = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | null = null;
  let due = Number.POSITIVE_INFINITY;
  let hidden = false;

  /** A narrower window has wrapped what was drawn, so that it takes more rows than it had lines. */
  const rowsDrawn = (): number =>
    drawn.reduce((rows, line) => rows + Math.max(1, Math.ceil(columnsOf(line) / Math.max(1, terminal.columns))), 0);

  /** One write for all, so that no half-drawn view is ever seen. */
  const put = (view: readonly string[]): void => {
    const up = rowsDrawn();
    const erase = up === 0 ? '' : `\u001b[${up}A\r${clearToEnd}`;
    const hide = view.length > 0 && !hidden ? hideCursor : '';
    const show = view.length === 0 && hidden ? showCursor : '';
    hidden = view.length > 0;
    const text = [...lines, ...view].map((line) => `${line}\n`).join('');
    if (hide + erase + text + show !== '') terminal.write(hide + erase + text + show);
    lines = [];
    drawn = view;
    lastDraw = now();
  };

  const draw = (): void => {
    cancel = null;
    due = Number.POSITIVE_INFINITY;
    // A line that fills the last column wraps on some terminals and not on others.
    const { columns, rows } = terminal;
    put(liveView(narrator.state(), { look, columns: columns - 1, rows, now: now() }));
    if (drawn.length > 0) drawIn(tickMs);
  };

  const drawIn = (ms: number): void => {
    const at = now() + ms;
    if (at >= due) return;
    cancel?.();
    due = at;
    cancel = schedule(ms, draw);
  };

  return {
    name: 'terminal',
    accept: (event) => {
      lines.push(...narrator.tell(event));
      drawIn(Math.max(0, lastDraw + drawEveryMs - now()));
    },
    close: (reports) => {
      cancel?.();
      cancel = null;
      lines.push(...summaryView(narrator.state(), { look, columns: terminal.columns - 1, reports }));
      put([]);
    },
  };
};
