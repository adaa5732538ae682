import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportEnded } from '../../../src/cli/reports.ts';
import { createBus, memorySink } from '../../../src/events/index.ts';
import { fakeClock } from '../../../src/testing/index.ts';
import { streams } from '../../golden/streams/index.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ovsfleet-reports-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const warnedOf = async (): Promise<readonly string[]> => {
  const sink = memorySink();
  const bus = createBus({ run: 'run', clock: fakeClock(), sinks: [sink] });
  expect(await reportEnded(directory, bus)).toEqual([]);
  return sink.events.flatMap((event) => (event.type === 'warning' ? [event.problem.message] : []));
};

test('a run whose journal was taken away warns that it has no reports, and ends as it would have', async () => {
  rmSync(directory, { recursive: true });
  expect(await warnedOf()).toEqual([
    expect.stringMatching(/reports cannot be written: .*journal\.jsonl cannot be read/),
  ]);
});

test('a run whose reports cannot be put where they belong warns of it', async () => {
  writeFileSync(
    join(directory, 'journal.jsonl'),
    (streams['smooth'] ?? []).map((event) => `${JSON.stringify({ v: 1, ...event })}\n`).join(''),
  );
  mkdirSync(join(directory, 'report.html'));
  expect(await warnedOf()).toEqual([
    expect.stringMatching(/reports cannot be written: .*ISDIR|reports cannot be written: .*directory/),
  ]);
});
