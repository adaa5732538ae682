import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Connection } from '../model/ports.ts';
import type { Patience } from './patience.ts';
import type { Services } from './services.ts';

/** Faults that time may heal; a changed host key or a refused login will not go away by waiting. */
export const mayPass = (error: unknown): error is ConnectionError =>
  error instanceof ConnectionError && ['unreachable', 'refused', 'lost', 'protocol'].includes(error.fault);

const retryMs = 1000;

/**
 * A connection again after one was lost; tried for as long as there is patience. Tells the bus when the link went and when
 * it was back. Rejects with the last `ConnectionError`.
 */
export const reconnect = async (
  host: Host,
  lost: ConnectionError,
  patience: Patience,
  services: Services,
  signal?: AbortSignal,
): Promise<Connection> => {
  const { bus, clock, connections } = services;
  const since = clock.now();
  bus.emit({ type: 'link.lost', host: host.name, reason: lost.message });
  connections.drop(host);
  let last = lost;
  while (!patience.over()) {
    try {
      const connection = await connections.get(host, signal);
      bus.emit({ type: 'link.back', host: host.name, afterMs: clock.now() - since });
      return connection;
    } catch (error) {
      if (!mayPass(error)) throw error;
      last = error;
      await clock.sleep(retryMs, signal);
    }
  }
  throw last;
};
