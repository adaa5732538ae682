import { setMaxListeners } from 'node:events';
import type { Interrupts } from '../execute/index.ts';
import type { FleetError } from '../model/error.ts';

interface Listening extends Interrupts {
  /** As the first Ctrl-C does, for a reason of our own. */
  readonly windDown: (problem: FleetError) => void;
  readonly dispose: () => void;
}

/**
 * Ctrl-C once: hosts in flight finish, nothing new starts. Twice: what is in flight is left to its hosts, which settle
 * their transactions alone. Three times: gone at once.
 */
export const listenForInterrupts = (tell: (times: number) => void): Listening => {
  const wind = new AbortController();
  const abort = new AbortController();
  // Every host in flight listens; Node takes more than ten for a leak and says so on stderr.
  setMaxListeners(0, wind.signal, abort.signal);
  let times = 0;
  const onSignal = (): void => {
    times += 1;
    if (times > 2) process.exit(130);
    tell(times);
    (times === 1 ? wind : abort).abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    wind: wind.signal,
    abort: abort.signal,
    windDown: (problem) => wind.abort(problem),
    dispose: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
};
