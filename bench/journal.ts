/**
 * How many events a second the journal takes while hosts wait for theirs to be on disk, and how long they wait.
 * Run it with: npm run bench:journal [-- DIRECTORY], of a directory on the disk that is meant.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createBus } from '../src/events/index.ts';
import { openJournal, readJournal } from '../src/journal/index.ts';
import { quiet } from './support/quiet.ts';

const hosts = 50;
const batches = 400;
const steps = 3;
const lines = 2;

const directory = await mkdtemp(join(process.argv[2] ?? '/var/tmp', 'ovsfleet-bench-'));
const journal = await openJournal(directory);
const bus = createBus({ run: 'bench', clock: { now: () => Date.now() }, sinks: [journal] });
const waits: number[] = [];

/** What a host at work tells: a batch is announced and waited for, then its steps, what they print, how they end. */
const host = async (name: string): Promise<void> => {
  const at = { play: 0, host: name };
  for (let batch = 0; batch < batches; batch += 1) {
    const titles = Array.from({ length: steps }, (_, index) => `step ${index} of batch ${batch}`);
    bus.emit({ type: 'batch.sent', ...at, steps: titles });
    const asked = performance.now();
    await bus.durable();
    waits.push(performance.now() - asked);
    for (const step of titles) {
      bus.emit({ type: 'step.started', ...at, step });
      for (let line = 0; line < lines; line += 1)
        bus.emit({ type: 'step.output', ...at, step, text: `checking whether line ${line} of it is there... yes\n` });
      bus.emit({
        type: 'step.finished',
        ...at,
        step,
        outcome: 'changed',
        changes: [{ key: 'running', before: '3.1.0', after: '3.5.0' }],
        way: null,
        message: null,
        ms: 12,
      });
    }
  }
};

try {
  await quiet();
  const began = performance.now();
  await Promise.all(Array.from({ length: hosts }, (_, index) => host(`hv${index + 1}`)));
  await bus.durable();
  const seconds = (performance.now() - began) / 1000;
  await journal.close();
  const { events } = await readJournal(directory);
  const { size } = await stat(join(directory, 'journal.jsonl'));
  const sorted = waits.toSorted((a, b) => a - b);
  const share = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(1);
  console.log(
    `${events.length} events (${Math.round(size / 2 ** 20)} MiB) of ${hosts} hosts at work in ${seconds.toFixed(2)} s: ${Math.round(events.length / seconds)} events/s, all on disk and read again`,
  );
  console.log(
    `${waits.length} times a host waited for the disk before bytes left: ${share(0.5)} ms in the middle, ${share(0.95)} ms for 95 of 100, ${share(1)} ms at most`,
  );
} finally {
  await rm(directory, { recursive: true });
}
