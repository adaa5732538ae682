import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isResumable, newRunDirectory, openJournal, standingsAfter, storiesOf } from '../../../src/journal/index.ts';
import type { FleetEvent } from '../../../src/model/event.ts';
import type { HostOutcome } from '../../../src/model/outcome.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-standing-'));
});
afterEach(() => rm(base, { recursive: true }));

const id = (n: number): string => `2026011${n}-010000-aaaa`;

/** A play as it went: how hosts ended, and those that were in flight when the run was cut off. */
interface Went {
  readonly ends: Readonly<Record<string, HostOutcome>>;
  readonly inFlight?: readonly string[];
}

const started = (hosts: readonly string[], plays: number, resumes: number | null): FleetEvent => ({
  ...{
    type: 'run.started',
    title: 'Upgrade',
    playbook: 'p.ts',
    inventory: ['i'],
    params: {},
    limit: null,
    mode: 'apply',
  },
  ...{
    plays: Array.from({ length: plays }, (_, play) => `play ${play}`),
    hosts,
    version: '0',
    store: null,
    plan: null,
  },
  resumes: resumes === null ? null : id(resumes),
});

const eventsOf = (play: number, { ends, inFlight }: Went): readonly FleetEvent[] => [
  {
    ...{ type: 'play.started', play, title: `play ${play}`, waves: [Object.keys(ends)], concurrency: 1 },
    ...{ stopAfter: 1, pauseMs: 0 },
  },
  ...[...Object.keys(ends), ...(inFlight ?? [])].map((host): FleetEvent => ({ type: 'host.started', play, host })),
  ...Object.entries(ends).map(
    ([host, outcome]): FleetEvent => ({ type: 'host.finished', play, host, outcome, problem: null, ms: 1 }),
  ),
  ...(inFlight === undefined ? [{ type: 'play.finished', play } as const] : []),
];

/** Records run N. */
const record = async (
  n: number,
  run: {
    readonly hosts: readonly string[];
    readonly plays: readonly (Went | null)[];
    readonly resumes?: number;
    readonly exitCode: number | null;
  },
): Promise<void> => {
  const journal = await openJournal(await newRunDirectory(base, id(n)));
  const events: readonly FleetEvent[] = [
    started(run.hosts, run.plays.length, run.resumes ?? null),
    ...run.plays.flatMap((went, play) => (went === null ? [] : eventsOf(play, went))),
    ...(run.exitCode === null
      ? []
      : [{ type: 'run.finished', exitCode: run.exitCode, ms: 1, resumable: run.exitCode !== 0 } as const]),
  ];
  for (const [index, event] of events.entries()) journal.accept({ ...event, seq: index + 1, time: 0, run: id(n) });
  await journal.close();
};

const all = ['hv01', 'hv02', 'hv03'];

describe('how a run left its hosts', () => {
  it.each<[string, Parameters<typeof record>[1], Readonly<Record<string, HostOutcome>>]>([
    [
      'is how they ended',
      { hosts: all, plays: [{ ends: { hv01: 'changed', hv02: 'failed', hv03: 'current' } }], exitCode: 1 },
      { hv01: 'changed', hv02: 'failed', hv03: 'current' },
    ],
    [
      'is the worst of its plays',
      {
        hosts: ['hv01', 'hv02'],
        plays: [{ ends: { hv01: 'changed', hv02: 'changed' } }, { ends: { hv01: 'undone', hv02: 'current' } }],
        exitCode: 1,
      },
      { hv01: 'undone', hv02: 'changed' },
    ],
    [
      'is not started for those whose play was never come to',
      {
        hosts: all,
        plays: [{ ends: { hv01: 'changed', hv02: 'failed', hv03: 'not-started' } }, null],
        exitCode: 3,
      },
      { hv01: 'not-started', hv02: 'failed', hv03: 'not-started' },
    ],
    [
      'is in doubt for those in flight when it was cut off, not started for those that waited',
      { hosts: all, plays: [{ ends: { hv01: 'changed' }, inFlight: ['hv02'] }], exitCode: null },
      { hv01: 'changed', hv02: 'in-doubt', hv03: 'not-started' },
    ],
    [
      'is not started for all when it was cut off while they were read',
      { hosts: ['hv01'], plays: [null], exitCode: null },
      { hv01: 'not-started' },
    ],
  ])('%s', async (_, run, standings) => {
    await record(1, run);
    expect(Object.fromEntries(await standingsAfter(base, id(1)))).toEqual(standings);
  });

  it('is what the runs that went on with it say last', async () => {
    await record(1, {
      hosts: all,
      plays: [{ ends: { hv01: 'changed', hv02: 'failed', hv03: 'unreachable' } }],
      exitCode: 1,
    });
    await record(2, { hosts: all, plays: [{ ends: { hv01: 'failed' } }], exitCode: 1 });
    await record(3, { resumes: 1, hosts: all, plays: [{ ends: { hv02: 'changed', hv03: 'failed' } }], exitCode: 1 });
    await record(4, { resumes: 3, hosts: ['hv03'], plays: [{ ends: { hv03: 'undone' } }], exitCode: 1 });
    expect(Object.fromEntries(await standingsAfter(base, id(1)))).toEqual({
      hv01: 'changed',
      hv02: 'changed',
      hv03: 'undone',
    });
  });
});

describe('the runs of a fleet', () => {
  const told = async (): Promise<readonly string[]> => {
    const lines: string[] = [];
    const damaged = (run: { readonly id: string }, { code }: { readonly code: string }): void => {
      lines.push(`${run.id} ${code}`);
    };
    for await (const story of storiesOf(base, damaged))
      lines.push(`${story.run.id} ${isResumable(story) ? 'resumable' : 'over'} ${story.resumedBy ?? '-'}`);
    return lines;
  };

  it('come newest first; one can be resumed when it left something and none went on with it', async () => {
    const plays = [{ ends: { hv01: 'failed' } }] as const;
    await record(1, { hosts: ['hv01'], plays, exitCode: 1 });
    await record(2, { hosts: ['hv01'], plays, exitCode: 1 });
    await record(3, { hosts: ['hv01'], plays, exitCode: null, resumes: 1 });
    await record(4, { hosts: ['hv01'], plays: [{ ends: { hv01: 'current' } }], exitCode: 0 });
    await newRunDirectory(base, id(5));
    expect(await told()).toEqual([
      `${id(4)} over -`,
      `${id(3)} resumable -`,
      `${id(2)} resumable -`,
      `${id(1)} over ${id(3)}`,
    ]);
  });

  it('are told of those whose journals are damaged, too', async () => {
    await record(1, { hosts: ['hv01'], plays: [null], exitCode: null });
    await writeFile(join(await newRunDirectory(base, id(2)), 'journal.jsonl'), 'oops\n{"v":1}\n');
    await writeFile(join(await newRunDirectory(base, id(3)), 'journal.jsonl'), '{"v":1,"type":"run.sta');
    expect(await told()).toEqual([`${id(2)} journal.corrupt`, `${id(1)} resumable -`]);
  });
});
