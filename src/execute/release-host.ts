import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { Connection } from '../model/ports.ts';
import { releaseBatch } from '../shell/index.ts';
import { converse } from './converse.ts';
import type { Services } from './services.ts';

/**
 * Says on the host that this run is done with it, so that others need not wait until its lease is over. Never rejects for
 * what is wrong over there: the lease ends by itself, and how the host ended is known already.
 */
export const releaseHost = async (
  connection: Connection,
  { run, nonce: newNonce, libraries, connections }: Services,
): Promise<void> => {
  const nonce = newNonce();
  try {
    await converse(connection, releaseBatch(run, { nonce, libraries }), nonce, { frame: () => {} });
  } catch (error) {
    if (error instanceof ConnectionError) connections.drop(connection.host);
    else if (!(error instanceof FleetError)) throw error;
  }
};
