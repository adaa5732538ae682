import type { Connection } from '../model/ports.ts';
import type { Readings } from '../plan/index.ts';
import type { Script } from '../shell/index.ts';
import { endStop, type HostEnd, transactionStop } from './ends.ts';
import { probe } from './probe.ts';
import type { Services } from './services.ts';
import { attach } from './transactions.ts';

/**
 * Ends whatever an earlier run left open on the host, then reads it. A transaction that ended undone or done is told and
 * the host goes on; one that is stuck or in doubt stops it.
 */
export const readHost = async (
  connection: Connection,
  play: number,
  reads: ReadonlyMap<string, Script>,
  services: Services,
  signal?: AbortSignal,
): Promise<{ readonly readings: Readings } | { readonly stopped: HostEnd }> => {
  const host = connection.host.name;
  for (;;) {
    const { end, readings } = await probe(connection, reads, services, signal);
    if (end.is !== 'open') {
      const stop = endStop(host, end);
      return stop === null ? { readings } : { stopped: stop.stop };
    }
    for (const found of end.transactions) {
      const ended = await attach(connection, play, found, services, signal);
      if (ended.is === 'stuck' || ended.is === 'in-doubt') {
        return { stopped: transactionStop(host, 'a transaction found open', ended).stop };
      }
      if (ended.is === 'undone') {
        services.bus.emit({
          type: 'warning',
          host,
          problem: {
            code: 'transaction.found-undone',
            message: `${host}: a transaction of an earlier run was found open and has been undone: ${ended.reason}.`,
            remedy: 'Nothing: the host reads as before it, and this run goes on from there.',
          },
        });
      }
    }
  }
};
