import { createHash } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { errorCode } from './reasons.ts';

/** Far longer than a known_hosts file takes to write: what holds a turn that long will never give it back. */
const patienceMs = 30_000;

/**
 * A name that only one process of this machine can have at a time, and that the kernel takes back however it ends
 * (unix(7), abstract sockets): there is no lock to be left behind.
 */
const nameOf = (file: string): string => `\0ovsfleet.${createHash('sha256').update(file).digest('hex').slice(0, 40)}`;

/** Gives the turn back. */
type GiveBack = () => void;

const take = (name: string): Promise<GiveBack | 'taken'> =>
  new Promise((resolve) => {
    const waiting = new Set<Socket>();
    const server = createServer((other) => {
      waiting.add(other);
      other.on('error', () => {}).on('close', () => waiting.delete(other));
    });
    // Where there are no such names, or not for us, nobody waits for anybody.
    server.on('error', (error) => resolve(errorCode(error) === 'EADDRINUSE' ? 'taken' : () => {}));
    server.listen(name, () =>
      resolve(() => {
        server.close();
        for (const other of waiting) other.destroy();
      }),
    );
  });

const whenGivenBack = (name: string, enough: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const holder = connect(name);
    const leave = (): void => void holder.destroy();
    holder
      .on('error', () => {})
      .on('close', () => {
        enough.removeEventListener('abort', leave);
        resolve();
      });
    enough.addEventListener('abort', leave, { once: true });
    holder.resume();
  });

/**
 * Does something to a file while no other ovsfleet on this machine does. Where that cannot be had (another machine writes
 * the same file, a system other than Linux, a process that is stuck) it is done all the same.
 * @param file its one true path
 */
export const inTurn = async <T>(file: string, act: () => Promise<T>): Promise<T> => {
  const name = nameOf(file);
  const enough = AbortSignal.timeout(patienceMs);
  let turn = await take(name);
  while (turn === 'taken' && !enough.aborted) {
    await whenGivenBack(name, enough);
    turn = await take(name);
  }
  try {
    return await act();
  } finally {
    if (turn !== 'taken') turn();
  }
};
