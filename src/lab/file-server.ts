import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FleetError } from '../model/error.ts';
import { GATEWAY } from './address.ts';
import type { Lab } from './lab.ts';
import { asset } from './paths.ts';

/** Files that the hosts of a lab can fetch. */
export interface FileServer {
  /** `http://10.99.0.1:40123`, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the files below a directory on the lab's bridge, for its hosts and nobody else. Ends with this process at the
 * latest. Rejects with `lab.no-server`.
 */
export const serveFiles = async (lab: Lab, directory: string): Promise<FileServer> => {
  const program = [process.execPath, asset('file-server.mjs'), directory, GATEWAY];
  const child = lab.spawn(['setpriv', '--pdeathsig', 'KILL', ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const said = child.stdout === null ? null : createInterface(child.stdout);
  const [port]: readonly unknown[] = await Promise.race([said === null ? ended : once(said, 'line'), ended]);
  if (typeof port !== 'string') {
    throw new FleetError({
      code: 'lab.no-server',
      message: `lab ${lab.name}: no file server can be started on its bridge`,
      remedy: `See why: ip netns exec ${lab.namespace} ${program.join(' ')}`,
    });
  }
  return {
    url: `http://${GATEWAY}:${port}`,
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
};
