import { describe, expect, it } from 'vitest';
import { createBus, memorySink, type Sink } from '../../../src/events/index.ts';
import { FleetError } from '../../../src/model/error.ts';
import type { FleetEvent } from '../../../src/model/event.ts';

const clock = (): { now: () => number } => {
  let time = 1000;
  return { now: () => time++ };
};
const played: FleetEvent = { type: 'play.finished', play: 0 };
const lost: FleetEvent = { type: 'link.lost', host: 'hv01', reason: 'timed out' };

describe('the bus', () => {
  it('stamps each event once: sinks get the very same one, counted without a gap', () => {
    const [a, b] = [memorySink('a'), memorySink('b')];
    const bus = createBus({ run: 'r1', clock: clock(), sinks: [a, b] });
    bus.emit(played);
    bus.emit(lost);
    expect(a.events).toEqual([
      { ...played, seq: 1, time: 1000, run: 'r1' },
      { ...lost, seq: 2, time: 1001, run: 'r1' },
    ]);
    expect(b.events[0]).toBe(a.events[0]);
  });

  it('takes problems out of errors, so that every sink can write them', () => {
    const seen = memorySink();
    const problem = new FleetError({ code: 'x', message: 'hv01: no key', remedy: 'true' });
    const bus = createBus({ run: 'r1', clock: clock(), sinks: [seen] });
    bus.emit({ type: 'warning', host: 'hv01', problem });
    bus.emit({ type: 'host.finished', play: 0, host: 'hv01', outcome: 'failed', problem, ms: 1 });
    bus.emit({ type: 'host.planned', play: 0, plan: { host: 'hv01', nodes: [], refusals: [problem] } });
    const written = { code: 'x', message: 'hv01: no key', remedy: 'true', facts: {} };
    expect(JSON.parse(JSON.stringify(seen.events))).toMatchObject([
      { problem: written },
      { problem: written },
      { plan: { refusals: [written] } },
    ]);
  });

  it('detaches a sink that throws, warns the others, and goes on', () => {
    const seen = memorySink();
    const broken: Sink = {
      name: 'terminal',
      accept: () => {
        throw new Error('EPIPE');
      },
    };
    const bus = createBus({ run: 'r1', clock: clock(), sinks: [broken, seen] });
    bus.emit(played);
    bus.emit(lost);
    expect(seen.events.map((event) => [event.seq, event.type])).toEqual([
      [1, 'play.finished'],
      [2, 'warning'],
      [3, 'link.lost'],
    ]);
    expect(seen.events[1]).toMatchObject({ problem: { message: 'terminal stopped listening: EPIPE' } });
  });

  it('gives all sinks the same order, also when one emits while it listens', () => {
    const seen = memorySink();
    const echo: Sink = {
      name: 'echo',
      accept: (event) => {
        if (event.type === 'link.lost') bus.emit(played);
      },
    };
    const bus = createBus({ run: 'r1', clock: clock(), sinks: [echo, seen] });
    bus.emit(lost);
    expect(seen.events.map((event) => event.type)).toEqual(['link.lost', 'play.finished']);
  });

  it('is durable when every sink that promises it is, without waiting for a slow terminal', async () => {
    const journal: string[] = [];
    const bus = createBus({
      run: 'r1',
      clock: clock(),
      sinks: [
        { name: 'journal', accept: () => {}, durable: async () => void journal.push('on disk') },
        { name: 'terminal', accept: () => {}, flush: () => new Promise(() => {}) },
      ],
    });
    await bus.durable();
    expect(journal).toEqual(['on disk']);
  });

  it('rejects when something cannot be recorded', async () => {
    const full: Sink = { name: 'journal', accept: () => {}, durable: () => Promise.reject(new Error('disk full')) };
    const bus = createBus({ run: 'r1', clock: clock(), sinks: [full] });
    await expect(bus.durable()).rejects.toThrow('disk full');
  });

  it('is durable no more once a journal has thrown: nothing may be done without a record', async () => {
    const seen = memorySink();
    const journal: Sink = {
      name: 'journal',
      accept: (event) => {
        if (event.type === 'link.lost') throw new Error('cannot be written as JSON');
      },
      durable: async () => {},
    };
    const bus = createBus({ run: 'r1', clock: clock(), sinks: [journal, seen] });
    bus.emit(played);
    await bus.durable();
    bus.emit(lost);
    const problem = { code: 'journal.unwritable', message: 'journal stopped listening: cannot be written as JSON' };
    expect(seen.events.at(-1)).toMatchObject({ type: 'warning', problem });
    await expect(bus.durable()).rejects.toMatchObject(problem);
  });

  it('is flushed when every sink is', async () => {
    const written: string[] = [];
    const slow = (name: string): Sink => ({ name, accept: () => {}, flush: async () => void written.push(name) });
    await createBus({ run: 'r1', clock: clock(), sinks: [slow('a'), memorySink(), slow('b')] }).flushed();
    expect(written).toEqual(['a', 'b']);
  });
});
