import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { thisProcess } from '../../../src/cli/this-process.ts';
import { type LockSelf, lockFile, takeRunLock } from '../../../src/journal/index.ts';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ovsfleet-lock-'));
});
afterEach(() => rm(base, { recursive: true }));

const since = Date.UTC(2026, 0, 13, 1);

/** A machine on which the processes of these pids run, each begun at tick 100 + pid. */
const machine = (...running: readonly number[]) => {
  const alive = new Set(running);
  const self = (pid: number, more: Partial<LockSelf['mark']> = {}): LockSelf => ({
    mark: { pid, started: String(100 + pid), boot: 'boot-1', pidNamespace: 'pid:[1]', hostname: 'deploy1', ...more },
    user: 'alice',
    startedOf: (other) => (alive.has(other) ? String(100 + other) : null),
  });
  return { self, kill: (pid: number) => alive.delete(pid) };
};

const take = (run: string, self: LockSelf) => takeRunLock(base, run, since, self);
const names = async (): Promise<readonly string[]> => (await readdir(join(base, '.ovsfleet'))).sort();

describe('the lock of a fleet', () => {
  it('is taken by one run, says whose it is, and is gone when the run lets go', async () => {
    const { self } = machine(1);
    const lock = await take('run-1', self(1));
    expect(lock.tookOver).toBeNull();
    expect(JSON.parse(await readFile(lockFile(base), 'utf8'))).toEqual({
      ...self(1).mark,
      user: 'alice',
      run: 'run-1',
      since,
    });
    expect((await stat(lockFile(base))).mode & 0o777).toBe(0o600);
    await lock.release();
    expect(await names()).toEqual([]);
  });

  it('is refused to a second run, which is told who holds it and since when', async () => {
    const { self } = machine(1, 2);
    await take('run-1', self(1));
    await expect(take('run-2', self(2))).rejects.toMatchObject({
      code: 'run.locked',
      message: 'run run-1 of alice is at work on this fleet since 2026-01-13 01:00:00 UTC, as process 1 on deploy1',
      remedy: 'wait until it has ended; see it with: ps -fp 1',
      facts: { pid: 1, hostname: 'deploy1', user: 'alice', run: 'run-1', since },
    });
    expect(await names()).toEqual(['lock']);
  });

  it.each<[string, Partial<LockSelf['mark']>]>([
    ['its process was killed', {}],
    ['its pid is that of another process now', { pid: 2, started: '7' }],
    ['the machine was rebooted since', { pid: 2, started: '102', boot: 'boot-0' }],
  ])('is taken over when %s', async (_, holder) => {
    const { self } = machine(2);
    await take('run-1', self(1, holder));
    const lock = await take('run-2', self(2));
    expect(lock.tookOver).toMatchObject({ run: 'run-1' });
    expect(await names()).toEqual(['lock']);
    await lock.release();
    expect(await names()).toEqual([]);
  });

  it.each<[string, Partial<LockSelf['mark']>]>([
    ['another machine', { hostname: 'deploy2' }],
    ['another container', { pidNamespace: 'pid:[2]' }],
  ])('is not taken over from %s, where nothing can be seen: who looks there is told what to type', async (_, mark) => {
    const { self } = machine(2);
    await take('run-1', self(1, mark));
    await expect(take('run-2', self(2))).rejects.toMatchObject({
      code: 'run.locked',
      remedy: `look on ${mark.hostname ?? 'deploy1'} whether it still runs (ps -fp 1), which cannot be seen from here; when it does not: rm ${lockFile(base)}`,
    });
  });

  it('that does not say whose it is is left alone', async () => {
    await mkdir(join(base, '.ovsfleet'));
    await writeFile(lockFile(base), 'mine!');
    await expect(take('run-2', machine(2).self(2))).rejects.toMatchObject({ code: 'run.lock-damaged' });
    expect(await readFile(lockFile(base), 'utf8')).toBe('mine!');
  });

  it('is not let go of by a run that it was taken from by hand', async () => {
    const { self } = machine(1, 2);
    const first = await take('run-1', self(1));
    await rm(lockFile(base));
    await take('run-2', self(2));
    await first.release();
    expect(await readFile(lockFile(base), 'utf8')).toContain('run-2');
  });

  it('cannot be taken where nothing can be written, which is told', async () => {
    await writeFile(join(base, '.ovsfleet'), '');
    await expect(take('run-1', machine(1).self(1))).rejects.toMatchObject({
      code: 'journal.unwritable',
      remedy: expect.stringContaining(`make ${base} writable`),
    });
  });

  it('is taken by just one of many that find it free, or its holder dead, at once', async () => {
    const pids = Array.from({ length: 12 }, (_, index) => index + 10);
    const { self } = machine(...pids);
    for (let round = 0; round < 40; round += 1) {
      await rm(lockFile(base), { force: true });
      if (round % 4 > 0) await take('dead', self(1));
      const tried = await Promise.allSettled(pids.map((pid) => take(`run-${pid}`, self(pid))));
      expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await names()).toEqual(['lock']);
    }
  });

  it('is taken over also when one who was taking it over died on the way', async () => {
    const { self, kill } = machine(1, 2, 3);
    await take('run-1', self(1));
    const first = await readFile(lockFile(base), 'utf8');
    kill(1);
    await take('run-2', self(2));
    kill(2);
    // As 2 leaves it that has taken its turn, but has not put its own lock in the place of that of 1.
    const turn = `${lockFile(base)}.after-${createHash('sha256').update(first).digest('hex').slice(0, 12)}`;
    await rename(lockFile(base), turn);
    await writeFile(lockFile(base), first);
    const lock = await take('run-3', self(3));
    expect(lock.tookOver).toMatchObject({ run: 'run-1' });
    expect(await names()).toEqual(['lock']);
    expect(await readFile(lockFile(base), 'utf8')).toContain('run-3');
  });
});

describe('this process', () => {
  it('is known to run, and a pid that nobody has is not', () => {
    const self = thisProcess();
    expect(self.mark.started).toMatch(/^\d+$/);
    expect(self.startedOf(process.pid)).toBe(self.mark.started);
    expect(self.startedOf(2 ** 22 + 1)).toBeNull();
  });
});
