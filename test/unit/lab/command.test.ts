import { describe, expect, test } from 'vitest';
import { run, tryRun } from '../../../src/lab/command.ts';
import { inParallel } from '../../../src/lab/in-parallel.ts';
import { withLock } from '../../../src/lab/lock.ts';
import { until } from '../../../src/lab/wait.ts';

const limits = { limitMs: 10_000 };

describe('a local command', () => {
  test('gives its exit code and what it printed', async () => {
    expect(await tryRun(['sh', '-c', 'cat; echo no >&2; exit 3'], { ...limits, input: 'yes' })).toEqual({
      code: 3,
      stdout: 'yes',
      stderr: 'no\n',
    });
  });

  test('that must succeed says with what it failed', async () => {
    await expect(run(['sh', '-c', 'echo broken >&2; exit 1'], limits)).rejects.toMatchObject({
      code: 'lab.command-failed',
      message: '"sh -c echo broken >&2; exit 1" ended with 1: broken',
    });
  });

  test('that hangs is killed with its children at its limit', async () => {
    const hanging = tryRun(['sh', '-c', 'echo waiting; sleep 600 & wait'], { limitMs: 200 });
    await expect(hanging).rejects.toMatchObject({ code: 'lab.timeout', message: expect.stringContaining('waiting') });
  });

  test('that is not installed is named', async () => {
    await expect(run(['ovsfleet-no-such-tool'], limits)).rejects.toMatchObject({
      code: 'lab.command-not-started',
      remedy: 'install ovsfleet-no-such-tool',
    });
  });

  test('ends when the caller gives up', async () => {
    const giveUp = new AbortController();
    const lines: string[] = [];
    const onLine = (line: string): void => {
      lines.push(line);
      giveUp.abort(new Error('enough'));
    };
    const running = tryRun(['sh', '-c', 'echo started; sleep 600'], { ...limits, signal: giveUp.signal, onLine });
    await expect(running).rejects.toThrow('enough');
    expect(lines).toEqual(['started']);
  });
});

describe('a wait', () => {
  test('ends as soon as what it waits for is there', async () => {
    let asked = 0;
    await until({ what: 'it', limitMs: 5000, everyMs: 1 }, async () => {
      asked += 1;
      return asked === 3;
    });
    expect(asked).toBe(3);
  });

  test('that is in vain ends at its limit with the last words', async () => {
    const vain = until(
      { what: 'the moon', limitMs: 20, everyMs: 5, lastWords: async () => 'clouds' },
      async () => false,
    );
    await expect(vain).rejects.toMatchObject({
      code: 'lab.timeout',
      message: 'waited 0.02 s for the moon; last was said:\nclouds',
    });
  });
});

describe('work on many hosts', () => {
  test('runs at most as many at a time as it may', async () => {
    let now = 0;
    let most = 0;
    await inParallel([1, 2, 3, 4, 5], 2, async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
    });
    expect(most).toBe(2);
  });

  test('stops at the first failure and says it', async () => {
    const done: number[] = [];
    const work = inParallel([1, 2, 3], 1, async (item) => {
      if (item === 2) throw new Error('second failed');
      done.push(item);
    });
    await expect(work).rejects.toThrow('second failed');
    expect(done).toEqual([1]);
  });
});

describe('a lock', () => {
  test('keeps the second out until the first is done', async () => {
    const order: string[] = [];
    const options = { limitMs: 5000, log: () => order.push('second waits') };
    const name = `test-${process.pid}`;
    let second: Promise<void> = Promise.resolve();
    await withLock(name, options, async () => {
      const waiting = new Promise<void>((resolve) => {
        second = withLock(name, { ...options, log: () => resolve() }, async () => {
          order.push('second');
        });
      });
      await waiting;
      order.push('first');
    });
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  test('that is never let go of is given up', async () => {
    const name = `test-busy-${process.pid}`;
    const options = { limitMs: 1, log: () => undefined };
    const outcome = await withLock(name, options, async () =>
      withLock(name, options, async () => 'both').catch((error: unknown) => error),
    );
    expect(outcome).toMatchObject({ code: 'lab.locked' });
  });
});
