import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

const sampleMs = 1000;
const patienceMs = 15_000;
/** Of all processors: what else runs would else be measured. */
const mostBusy = 0.4;

/** Idle time of all processors since boot, in seconds (proc(5), uptime). */
const idle = async (): Promise<number> => Number((await readFile('/proc/uptime', 'utf8')).split(' ')[1]);

/** Waits until the machine has little else to do, at most some seconds. */
export const quiet = async (): Promise<void> => {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const [before, began] = [await idle(), Date.now()];
    await pause(sampleMs);
    const share = ((await idle()) - before) / cpus().length / ((Date.now() - began) / 1000);
    if (1 - share <= mostBusy) return;
  }
};
