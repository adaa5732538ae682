import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A loopback port that nobody listens on. Another process may take it before the machine does: whoever logs in there
 * must hold the machine's host key, so that it cannot be taken for it.
 */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};
