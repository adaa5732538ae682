import { connect, createServer, type Socket } from 'node:net';

export interface Tcp {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** A TCP server on the loopback; `answer` gets each connection and its number, from 1. */
export const startTcp = (answer: (socket: Socket, number: number) => void): Promise<Tcp> =>
  new Promise((resolve, reject) => {
    const open = new Set<Socket>();
    let count = 0;
    const server = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => {});
      count += 1;
      answer(socket, count);
    });
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address !== 'object' || address === null) {
        reject(new Error('no port'));
        return;
      }
      resolve({
        port: address.port,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of open) {
              socket.destroy();
            }
          }),
      });
    });
  });

/** Hands a connection on; `onChunk` sees who spoke. */
export const forward = (
  socket: Socket,
  port: number,
  onChunk: (speaker: 'client' | 'server') => void = () => {},
): void => {
  const server = connect({ port, host: '127.0.0.1', noDelay: true });
  server.on('error', () => socket.destroy());
  socket.on('close', () => server.destroy());
  server.on('close', () => socket.destroy());
  socket.on('data', (chunk) => {
    onChunk('client');
    server.write(chunk);
  });
  server.on('data', (chunk) => {
    onChunk('server');
    socket.write(chunk);
  });
};
