import type { Shell } from '../model/shell.ts';
import { NoSessionError } from './channel.ts';
import type { Link } from './link.ts';
import { startSession } from './session.ts';

/** Sessions that go on for a whole run are one or two; what waits for more connections than this may as well wait its turn. */
const mostLinks = 4;

/**
 * Commands over a connection; over further ones when the host allows so few sessions on each (sshd_config(5),
 * MaxSessions) that a long one would keep all others waiting.
 */
export const sshShell = (first: Link, another: () => Promise<Link>): Shell => {
  let links: readonly Link[] = [first];
  let growing: Promise<Link> | undefined;
  let closed = false;

  const grow = async (): Promise<Link> => {
    const link = await another();
    links = [...links, link];
    if (closed) await link.close();
    return link;
  };

  const roomiest = async (): Promise<Link> => {
    links = links.filter((link) => link === first || link.lost() === undefined);
    const free = links.find((link) => link.slots.free());
    if (free !== undefined) return free;
    if (links.length === mostLinks || !links.every((link) => link.slots.narrowed())) return links.at(-1) ?? first;
    growing ??= grow().finally(() => {
      growing = undefined;
    });
    return await growing;
  };

  return {
    host: first.host,
    start: async (command, options) => {
      for (;;) {
        const link = await roomiest();
        try {
          return await startSession(link, command, options);
        } catch (error) {
          if (!(error instanceof NoSessionError)) throw error;
        }
      }
    },
    close: async () => {
      closed = true;
      await Promise.all(links.map((link) => link.close()));
    },
  };
};
