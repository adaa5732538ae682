import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Case, caseOf, waits, well } from '../case.ts';

/** The most memory that a process was seen to have had, in bytes. */
const peaks = new Map<number, number>();

/** Looks at a process until it ends. */
const peakOf = async (pid: number): Promise<void> => {
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(status) ?? [];
    if (kilobytes === undefined) return;
    peaks.set(pid, Number(kilobytes) * 1024);
    await sleep(250);
  }
};

const gigabyte = 1024 ** 3;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MB`;

export const steps: readonly Case[] = [
  caseOf({
    fault: 'a step prints 1 GB',
    when: 'in a step',
    vars: {
      work: `yes 'a line of a step that talks and talks and talks, and is not listened to' | head -c ${gigabyte}`,
    },
    inject: async ({ running }) => {
      void peakOf(running?.pid ?? 0);
    },
    said: well,
    next: 'nothing',
    also: async ({ operator, running }) => {
      const memory = peaks.get(running?.pid ?? 0) ?? 0;
      const runs = join(operator.directory, '.ovsfleet', 'runs');
      const sizes = (await readdir(runs)).map(async (run) => (await stat(join(runs, run, 'journal.jsonl'))).size);
      const journal = Math.max(...(await Promise.all(sizes)));
      if (memory === 0) throw new Error('nobody looked at the controller while it ran');
      if (memory > 600 * 1024 ** 2 || journal > 64 * 1024 ** 2)
        throw new Error(`the controller took ${megabytes(memory)}, its journal ${megabytes(journal)}`);
      return `journal ${megabytes(journal)}, controller at most ${megabytes(memory)}`;
    },
  }),
  caseOf({
    fault: 'a step never ends',
    when: 'in a step with a limit of 5 s',
    vars: {
      work: '[ ! -e /root/hang ] || { (trap "" TERM HUP; exec sleep 7001) & sleep 7002; }',
      work_limit: '5s',
    },
    prepare: async ({ lab, victim }) => {
      await lab.inside(victim, 'touch /root/hang', { limitMs: 60_000 });
    },
    inject: async () => undefined,
    mend: async ({ lab, victim }) => {
      const left = await lab.inside(victim, "pgrep -f 'sleep 700[12]'; rm /root/hang", { limitMs: 60_000 });
      if (left.stdout !== '') throw new Error(`${victim}: what the step started still runs: ${left.stdout}`);
    },
    said: { code: 3, outcome: 'failed', because: /5 s|time|limit/ },
    next: 'resume',
  }),
  caseOf({
    fault: 'out of memory (cgroup limit)',
    when: 'in a step',
    host: 'systemd',
    vars: { work: `${waits}; head -c 400m /dev/zero | tail >/dev/null` },
    inject: async ({ lab, victim, release }) => {
      await lab.limitMemory(victim, 120 * 1024 ** 2);
      await release();
    },
    mend: async ({ lab, victim }) => {
      await lab.limitMemory(victim, null);
    },
    said: { code: 3, outcome: 'failed', because: /status/ },
    next: 'resume',
  }),
];
