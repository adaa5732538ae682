import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../../../src/model/event.ts';
import { createLook, initialState, reduce, summaryView } from '../../../src/render/index.ts';
import { runStart } from '../../golden/streams/stamp.ts';

const look = createLook({ colour: 0, glyphs: 'unicode' });
const plays = ['Build', 'Stage', 'Exchange'];

const kernel = { code: 'x', message: 'hv01: kernel 6.1 takes no module', remedy: 'leave it out' };
const disk = { code: 'x', message: 'hv01: no space on /opt', remedy: 'df /opt' };
const unreachable = { code: 'ssh.unreachable', message: 'hv02: no answer', remedy: 'ping hv02' };

/** A plan of three plays: hv01 is refused in the second for two reasons, hv02 cannot be reached. */
const planned: readonly FleetEvent[] = [
  {
    ...{ type: 'run.started', title: 'Upgrade', playbook: 'u.ts', inventory: [], params: {}, limit: null },
    ...{ mode: 'check', plays, hosts: ['hv01', 'hv02'], version: '1', resumes: null, store: null, plan: null },
  },
  { type: 'host.finished', play: 0, host: 'hv02', outcome: 'unreachable', problem: unreachable, ms: 0 },
  { type: 'host.planned', play: 1, plan: { host: 'hv01', nodes: [], refusals: [kernel, disk] } },
  { type: 'host.finished', play: 1, host: 'hv01', outcome: 'refused', problem: kernel, ms: 0 },
  ...plays.map(
    (title, play): FleetEvent => ({
      ...{ type: 'play.started', play, title, waves: [], concurrency: 1, stopAfter: 1, pauseMs: 0 },
    }),
  ),
];

describe('the summary of a plan of several plays', () => {
  const state = planned
    .map((event, index) => ({ ...event, seq: index + 1, time: runStart, run: 'r' }))
    .reduce(reduce, initialState);
  const lines = summaryView(state, { look, columns: 100, reports: [] });
  const times = (part: string): number => lines.filter((line) => line.includes(part)).length;

  it.each(['kernel 6.1 takes no module', 'no space on /opt', 'no answer'])('says once why: %s', (why) => {
    expect(times(why)).toBe(1);
  });

  it('says of each play which hosts it leaves out', () => {
    expect(lines.filter((line) => line.includes('see Problems'))).toEqual([
      'hv[01-02] (2)  no plan, see Problems',
      'hv01 (1)  refused, see Problems',
      'hv02 (1)  no plan, see Problems',
      'hv[01-02] (2)  no plan, see Problems',
    ]);
  });
});
