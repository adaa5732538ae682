import { ConnectionError } from '../model/connection-error.ts';
import type { Host } from '../model/host.ts';
import type { Connection } from '../model/ports.ts';
import type { Services } from './services.ts';

/**
 * Reads over the connection of a host. One that was kept may have died while nobody looked, so a lost link is made again
 * once: reading changes nothing and may be repeated. Rejects with `ConnectionError`.
 */
export const reading = async <T>(
  host: Host,
  { connections }: Pick<Services, 'connections'>,
  signal: AbortSignal | undefined,
  read: (connection: Connection) => Promise<T>,
): Promise<T> => {
  const connection = await connections.get(host, signal);
  try {
    return await read(connection);
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.fault !== 'lost' || signal?.aborted) throw error;
    connections.drop(host);
    return await read(await connections.get(host, signal));
  }
};
