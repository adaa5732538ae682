import { describe, expect, it } from 'vitest';
import type { FleetEvent, Stamped } from '../../../src/model/event.ts';
import { createLook, type TerminalSink, terminalSink } from '../../../src/render/index.ts';
import { runStart } from '../../golden/streams/stamp.ts';
import { facts, playStarted, started, swap, swapPlan } from '../../golden/streams/upgrade.ts';
import { createScreen, type Screen } from './fakes/screen.ts';
import { createTime, type FakeTime } from './fakes/time.ts';

const hosts = ['hv01', 'hv02'];

const open = (
  columns = 80,
  rows = 24,
): { screen: Screen; time: FakeTime; sink: TerminalSink; emit: (event: FleetEvent) => void } => {
  const screen = createScreen(columns, rows);
  const time = createTime(runStart);
  let seq = 0;
  const sink = terminalSink({
    look: createLook({ colour: 0, glyphs: 'unicode' }),
    zone: 'UTC',
    verbosity: 0,
    terminal: screen,
    now: time.now,
    schedule: time.schedule,
  });
  const emit = (event: FleetEvent): void => {
    seq += 1;
    const stamped: Stamped = { ...event, seq, time: time.now(), run: 'r' };
    sink.accept(stamped);
  };
  return { screen, time, sink, emit };
};

const begin = (emit: (event: FleetEvent) => void, names = hosts): void => {
  emit(started(names));
  emit(playStarted(swap, [names]));
};

describe('the live view', () => {
  it('is drawn at most every 100 ms, however much happens', () => {
    const { screen, time, emit } = open();
    begin(emit);
    time.goTo(runStart);
    for (let i = 0; i < 500; i++) {
      time.goTo(runStart + i * 2);
      emit({
        type: 'file.progress',
        play: swap,
        host: 'hv01',
        file: 'a',
        direction: 'to-host',
        doneBytes: i,
        totalBytes: 500,
      });
    }
    time.goTo(runStart + 1000);
    expect(screen.writes().length).toBeLessThanOrEqual(11);
  });

  it('says why a rollout was halted, of which no host is the cause', () => {
    const { screen, time, emit } = open();
    begin(emit);
    const problem = { code: 'window.closed', message: 'No maintenance window is open.', remedy: 'Wait.' };
    emit({ type: 'rollout.halted', play: swap, because: 'window', problem });
    time.goTo(runStart + 1000);
    expect(screen.lines().map((line) => line.trim())).toContain('! No maintenance window is open.');
  });

  it('lets the time go on while nothing happens', () => {
    const { screen, time, emit } = open();
    begin(emit);
    emit({ type: 'host.started', play: swap, host: 'hv01' });
    time.goTo(runStart + 42_500);
    expect(screen.lines().join('\n')).toMatch(/hv01 {2}connecting +42s +42s/);
  });

  it('counts down a pause, and says that the link of a host is lost', () => {
    const { screen, time, emit } = open();
    begin(emit);
    emit({ type: 'host.started', play: swap, host: 'hv01' });
    emit({ type: 'link.lost', host: 'hv01', reason: 'no answer' });
    emit({ type: 'wave.paused', play: swap, wave: 0, ms: 60_000 });
    time.goTo(runStart + 10_000);
    expect(screen.lines()).toContain('paused: the next wave begins in 50s');
    expect(screen.lines().join('\n')).toContain('hv01  link lost during connecting');
  });

  it('says how many hosts were read before a play begins', () => {
    const { screen, time, emit } = open();
    emit(started(hosts));
    emit({ type: 'host.facts', host: 'hv01', facts });
    time.goTo(runStart + 5000);
    expect(screen.lines().join('\n')).toMatch(/Stage everywhere: reading hosts: 1 of 2 +5s/);
    emit({ type: 'host.facts', host: 'hv02', facts });
    emit({ type: 'host.planned', play: 0, plan: swapPlan('hv01') });
    time.goTo(runStart + 6000);
    expect(screen.lines().join('\n')).toContain('Stage everywhere: planning: 1 host ');
    emit(playStarted(0, [hosts]));
    emit({ type: 'play.finished', play: 0 });
    time.goTo(runStart + 7000);
    expect(screen.lines().join('\n')).toContain('Swap, a few at a time: planning: 0 hosts ');
  });

  it('leaves nothing behind: what ended scrolls above, the view is taken away, the cursor is back', () => {
    const { screen, time, sink, emit } = open();
    begin(emit);
    emit({ type: 'host.started', play: swap, host: 'hv01' });
    time.goTo(runStart + 3000);
    expect(screen.cursorShown()).toBe(false);
    emit({ type: 'host.finished', play: swap, host: 'hv01', outcome: 'changed', problem: null, ms: 3000 });
    time.goTo(runStart + 6000);
    sink.close([]);
    const text = screen.lines().join('\n');
    expect(text).toContain('01:00:03 hv01  changed in 3s');
    expect(text).not.toContain('wave 1 of 1');
    expect(text).toContain('Cut off before its end. Go on with: ovsfleet resume r');
    expect(screen.cursorShown()).toBe(true);
    const writes = screen.writes().length;
    time.goTo(runStart + 60_000);
    expect(screen.writes().length).toBe(writes);
  });

  it('takes away the rows that a narrower window made of its lines', () => {
    const { screen, time, emit } = open(80);
    begin(emit);
    time.goTo(runStart + 500);
    expect(
      screen
        .lines()
        .filter((line) => /^(Swap|wave|0 done)/.test(line))
        .map((line) => line.length > 40),
    ).toEqual([true, true, true]);
    screen.columns = 40;
    time.goTo(runStart + 2000);
    expect(screen.writes()[1]).toContain(`${String.fromCharCode(27)}[6A`);
  });

  it('fits into a low window, and names the hosts that it has no line for', () => {
    const { screen, time, emit } = open(80, 8);
    const many = Array.from({ length: 30 }, (_, i) => `hv${String(i + 1).padStart(2, '0')}`);
    begin(emit, many);
    for (const host of many) emit({ type: 'host.started', play: swap, host });
    time.goTo(runStart + 2000);
    const view = screen.lines().slice(screen.lines().findIndex((line) => line.startsWith('Swap')));
    expect(view.filter((line) => line !== '').length).toBeLessThanOrEqual(7);
    expect(view.join('\n')).toContain('and 27 more: hv[04-30]');
  });
});
