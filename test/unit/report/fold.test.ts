import { describe, expect, it } from 'vitest';
import type { Stamped } from '../../../src/model/event.ts';
import type { PlannedNode } from '../../../src/model/plan.ts';
import { foldReport, type HostReport, reportMarkdown } from '../../../src/report/index.ts';
import { alike, check, cutOff, interrupted, smooth, undoes, unreachable } from '../../golden/streams/index.ts';

const host = (events: readonly Stamped[], name: string): HostReport => {
  const found = foldReport(events).hosts.find((one) => one.host === name);
  if (found === undefined) throw new Error(`${name} is not in the report`);
  return found;
};

const failing: PlannedNode = {
  kind: 'step',
  title: 'agent is alive',
  forecast: { is: 'fails', changes: [{ key: '', before: 'no', after: 'yes' }] },
};

describe('the report', () => {
  it('counts each host once, by the worst of its plays', () => {
    expect(foldReport(smooth).counts).toEqual({ changed: 6 });
    expect(foldReport(undoes).counts).toEqual({ changed: 3, undone: 1, 'not-started': 4 });
  });

  it('counts hosts per play as well', () => {
    expect(foldReport(smooth).plays.map(({ counts }) => counts)).toEqual([{ changed: 6 }, { current: 1, changed: 5 }]);
  });

  it('finds two causes behind 42 failures', () => {
    expect(foldReport(alike).causes.map(({ hosts, message }) => [hosts.length, message])).toEqual([
      [40, 'modules_install failed: Required key not available'],
      [2, 'no space left on device /lib'],
    ]);
  });

  it('has the release and the build from before and after', () => {
    expect(host(smooth, 'hv01').plays[1]?.planned).toEqual([
      {
        step: 'running',
        because: null,
        changes: [
          { key: 'release', before: '3.1.0', after: '3.5.0' },
          { key: 'build', before: 'found', after: 'a1f3c2d4' },
          { key: 'schema', before: '8.3.1', after: '8.8.0' },
        ],
      },
    ]);
  });

  it('keeps what a step printed only if it failed', () => {
    expect(host(smooth, 'hv01').plays[0]?.steps.map(({ output }) => output)).toEqual(['', '']);
    expect(host(alike, 'hv01').plays[0]?.steps[0]?.output).toBe('modules_install failed: Required key not available\n');
  });

  it('knows the longest gap, on which host, and who was above the limit', () => {
    expect(foldReport(undoes).traffic).toEqual({
      measured: 3,
      longestGapMs: 3400,
      worstHost: 'hv04',
      maxGapMs: 3000,
      aboveLimit: ['hv04'],
    });
    expect(foldReport(unreachable).traffic).toBeNull();
  });

  it('adds up what was sent', () => {
    expect(foldReport(smooth).bytesSent).toBe(6 * 4_194_304);
  });

  it('says when it was interrupted, and who was not started', () => {
    const report = foldReport(interrupted);
    expect(report.interruptedAt).toBe(report.startedAt + 30_000);
    expect(host(interrupted, 'hv03').outcome).toBe('not-started');
  });

  it('of a run that was cut off has no exit code, can be resumed, and knows no end of hosts in flight', () => {
    expect(foldReport(cutOff)).toMatchObject({ exitCode: null, resumable: true });
    expect(host(cutOff, 'hv02')).toMatchObject({ outcome: null, plays: [{ transactions: [{ state: 'running' }] }] });
  });

  it('of a check has what would change, and refusals among the problems', () => {
    expect(host(check, 'hv01').plays[1]?.planned.map(({ step }) => step)).toEqual(['running']);
    expect(foldReport(check).causes.map(({ hosts }) => hosts)).toEqual([['hv25']]);
  });

  it('of a check has what fails now, in words', () => {
    const events = check.map(
      (event): Stamped =>
        event.type === 'host.planned' && event.plan.host === 'hv19'
          ? { ...event, plan: { ...event.plan, nodes: [failing] } }
          : event,
    );
    expect(host(events, 'hv19').plays[0]?.planned).toEqual([
      { step: 'agent is alive', changes: [], because: 'reads "no" in place of "yes"' },
    ]);
    expect(reportMarkdown(foldReport(events))).toMatch(/^\| hv19 \| drifts \| agent is alive/m);
  });

  it('of nothing is refused', () => {
    expect(() => foldReport([])).toThrow(expect.objectContaining({ code: 'report.empty' }));
  });
});

describe('the phases of a transaction', () => {
  const marks = (events: readonly Stamped[]): readonly (readonly [string, number | null])[] =>
    (host(events, 'hv03').plays[0]?.transactions[0]?.marks ?? []).map(({ name, ms }) => [name, ms]);

  it('last as long as the clock of the host says', () => {
    expect(marks(undoes)).toEqual([
      ['running', 50],
      ['hold agent', 800],
      ['capture', 1600],
      ['stop', 600],
      ['convert database', 1100],
      ['start', 1200],
      ['restore', 3600],
      ['undoing', 29_000],
      ['undone', null],
    ]);
  });

  it('count once, though attaching again tells them all again', () => {
    const again = undoes
      .filter((event) => event.type === 'transaction.phase' && event.host === 'hv03')
      .map((event) => ({ ...event, time: event.time + 60_000 }));
    expect(marks([...undoes, ...again])).toEqual(marks(undoes));
  });

  it('stand in the time of the controller, whatever clock the host has', () => {
    const [first] = host(undoes, 'hv03').plays[0]?.transactions[0]?.marks ?? [];
    const sent = undoes.find((event) => event.type === 'transaction.sent' && event.host === 'hv03');
    expect((first?.at ?? 0) - (sent?.time ?? 0)).toBeGreaterThanOrEqual(0);
    expect((first?.at ?? 0) - (sent?.time ?? 0)).toBeLessThan(100);
  });
});
