import { describe, expect, it } from 'vitest';
import type { Stamped } from '../../../src/model/event.ts';
import {
  createLook,
  initialState,
  jsonSink,
  plainSink,
  planView,
  playPlan,
  reduce,
  terminalSink,
} from '../../../src/render/index.ts';
import { columnsOf } from '../../../src/render/text.ts';
import { expectGolden } from '../../golden/golden.ts';
import { streams } from '../../golden/streams/index.ts';
import { runStart } from '../../golden/streams/stamp.ts';
import { createScreen } from './fakes/screen.ts';
import { createTime } from './fakes/time.ts';

const look = createLook({ colour: 0, glyphs: 'unicode' });
const zone = 'UTC';
const reports = ['.ovsfleet/runs/RUN/report.html'];

const log = (events: readonly Stamped[], verbosity: 0 | 1 | 2): string => {
  let text = '';
  const sink = plainSink({
    look,
    zone,
    verbosity,
    write: (more) => {
      text += more;
    },
  });
  for (const event of events) sink.accept(event);
  sink.close(reports);
  return text;
};

/** What stands on the screen at each third of the run, and when it is over. */
const terminal = (events: readonly Stamped[], columns: number): string => {
  const screen = createScreen(columns);
  const time = createTime(runStart);
  const { now, schedule } = time;
  const sink = terminalSink({ look, zone, verbosity: 0, terminal: screen, now, schedule });
  const shots = [1, 2].map((third) => Math.floor((events.length * third) / 3));
  const frames: string[] = [];
  for (const [index, event] of events.entries()) {
    time.goTo(event.time);
    sink.accept(event);
    if (!shots.includes(index)) continue;
    time.goTo(event.time + 100);
    frames.push(`──── after ${(event.time - runStart + 100) / 1000} s`, ...screen.lines().slice(-18));
  }
  sink.close(reports);
  const text = [...frames, '──── at the end', ...screen.lines()].join('\n');
  const tooWide = frames.filter((line) => !line.startsWith('────') && columnsOf(line) > columns);
  expect(tooWide.filter((line) => !/^\d\d:/.test(line))).toEqual([]);
  expect(screen.cursorShown()).toBe(true);
  return text;
};

const plan = (events: readonly Stamped[], columns: number): string => {
  const state = events.reduce(reduce, initialState);
  const views = state.plays.flatMap((_, index) => {
    const play = playPlan(state, index);
    return play === null
      ? []
      : [
          planView(
            play,
            { look, columns },
            state.problems.map(({ host }) => host),
          ).join('\n'),
        ];
  });
  return `${views.join('\n\n')}\n`;
};

describe.each(Object.entries(streams))('%s', (name, events) => {
  it('as a log', () => expectGolden(`${name}.plain.txt`, log(events, 0)));
  it('as a log with steps and output', () => expectGolden(`${name}.plain-vv.txt`, log(events, 2)));
  it('as JSON', () => {
    let text = '';
    const sink = jsonSink((more) => {
      text += more;
    });
    for (const event of events) sink.accept(event);
    expectGolden(`${name}.jsonl`, text);
  });
  it.each([80, 120])('on a terminal of %d columns', (columns) =>
    expectGolden(`${name}.tty-${columns}.txt`, terminal(events, columns)),
  );
});

describe('the plan', () => {
  it.each([80, 120])('of the check run at %d columns', (columns) =>
    expectGolden(`check.plan-${columns}.txt`, plan(streams['check'] ?? [], columns)),
  );
});
