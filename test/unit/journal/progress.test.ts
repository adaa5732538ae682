import { describe, expect, it } from 'vitest';
import { foldProgress, hostsLeft } from '../../../src/journal/index.ts';
import { decodeEvent } from '../../../src/journal/schema.ts';
import { eventFormat } from '../../../src/model/event.ts';
import { everything } from '../../../src/model/selection.ts';
import { cutOff, interrupted, smooth, undoes, unreachable } from '../../golden/streams/index.ts';

const left = (events: Parameters<typeof foldProgress>[0]): readonly (readonly string[])[] =>
  foldProgress(events).plays.map(hostsLeft);

describe('what a resume goes on from', () => {
  it('knows what was asked: playbook, inventory, params, limit, plays', () => {
    expect(foldProgress(smooth)).toMatchObject({
      run: '20260113-010000-smth',
      started: { playbook: 'playbooks/upgrade.ts', inventory: ['inventory.yaml'], limit: null, mode: 'apply' },
      plays: [{ title: 'Stage everywhere' }, { title: 'Swap, a few at a time' }],
      finished: { exitCode: 0, resumable: false },
    });
  });

  it('knows the part of the playbook that the run was for', () => {
    const selection = { only: ['swap/*'], tags: ['a', 'b'], skipTags: ['slow'], startAt: 'swap' };
    const [first, ...others] = smooth;
    const event = { type: 'run.selected', selection, seq: 2, time: 0, run: first?.run ?? '' } as const;
    const read = decodeEvent(JSON.parse(JSON.stringify({ v: eventFormat, ...event })));
    expect(foldProgress(smooth).selection).toEqual(everything);
    expect(
      foldProgress(first !== undefined && 'event' in read ? [first, read.event, ...others] : []).selection,
    ).toEqual(selection);
  });

  it('has nothing left after a run that went well', () => {
    expect(left(smooth)).toEqual([[], []]);
  });

  it('has left the host that undid itself and those that never started', () => {
    expect(left(undoes)).toEqual([['hv03', 'hv05', 'hv06', 'hv07', 'hv08']]);
  });

  it('has left the host that was not started when it was interrupted', () => {
    expect(left(interrupted)).toEqual([['hv03']]);
  });

  it('has left the host that could not be reached before its play began', () => {
    expect(left(unreachable)).toEqual([['hv02']]);
  });

  it('names hosts and transactions that the controller died upon', () => {
    const progress = foldProgress(cutOff);
    expect(progress.finished).toBeNull();
    expect(progress.plays[0]?.inDoubt).toEqual(['hv02', 'hv03', 'hv04']);
    expect(progress.openTransactions.map(({ host, title, state }) => [host, title, state])).toEqual([
      ['hv02', 'swap', 'running'],
      ['hv03', 'swap', 'running'],
      ['hv04', 'swap', 'running'],
    ]);
  });

  it('has no open transaction left once each ended on its host', () => {
    expect(foldProgress(undoes).openTransactions).toEqual([]);
  });

  it('pins the facts that were seen first', () => {
    const found = smooth.find((event) => event.type === 'host.facts');
    if (found?.type !== 'host.facts') throw new Error('the stream has no facts');
    const later = { ...found, facts: { ...found.facts, kernel: '6.12.0' } };
    expect(foldProgress([...smooth, later]).facts.get(found.host)?.kernel).toBe('6.1.0-28-amd64');
  });

  it('says for every beginning of a journal which play had begun', () => {
    for (let end = 1; end <= smooth.length; end++) {
      const { plays } = foldProgress(smooth.slice(0, end));
      expect(plays.filter((play) => play.finished && !play.begun)).toEqual([]);
    }
  });

  it('refuses a journal in which the run never began', () => {
    expect(() => foldProgress([])).toThrow(expect.objectContaining({ code: 'journal.empty' }));
  });
});
