import { readdir } from 'node:fs/promises';
import { GATEWAY, macAddress } from './address.ts';
import { run, tryRun } from './command.ts';
import { hostNamespace, labNamespace } from './names.ts';
import { until } from './wait.ts';

const QUICK = { limitMs: 60_000 };

const namespaces = async (): Promise<readonly string[]> => readdir('/run/netns').catch(() => []);

/** Whether a lab's network is there. */
export const hasNetwork = async (lab: string): Promise<boolean> => (await namespaces()).includes(labNamespace(lab));

/**
 * The lab's own network namespace: br0 for management, br1 as the tunnels' underlay. It has no way out, and the
 * machine's namespace no way in, so nothing that is sent to a host which is gone can reach anybody else's.
 */
export const makeNetwork = async (lab: string): Promise<void> => {
  const namespace = labNamespace(lab);
  const ip = async (...args: readonly string[]): Promise<string> => run(['ip', '-n', namespace, ...args], QUICK);
  await run(['ip', 'netns', 'add', namespace], QUICK);
  await ip('link', 'set', 'lo', 'up');
  for (const bridge of ['br0', 'br1']) {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('link', 'set', bridge, 'up');
  }
  await ip('addr', 'add', `${GATEWAY}/16`, 'dev', 'br0');
};

/** Removes the namespaces of a lab and of all its hosts, and with them every link. */
export const removeNetwork = async (lab: string): Promise<void> => {
  const own = (await namespaces()).filter(
    (name) => name === labNamespace(lab) || name.startsWith(hostNamespace(lab, '')),
  );
  for (const name of own) await tryRun(['ip', 'netns', 'del', name], QUICK);
};

/** Unplugs or plugs in a host's management link. Its tunnels' link is left alone. */
export const setManagementLink = async (lab: string, index: number, to: 'up' | 'down'): Promise<void> => {
  await run(['ip', '-n', labNamespace(lab), 'link', 'set', `v${index}`, to], QUICK);
};

/** What a bridge does with the packets of a port: nothing, or forward them (bridge(8), BR_STATE_*). */
const PORT_STATES = { silent: '0', open: '3' } as const;

/**
 * Drops a host's packets without a word to either side, or no longer. Its address stays known: no ARP entry that goes
 * stale tells the controller that nobody is there.
 */
export const setManagementPort = async (
  lab: string,
  host: { readonly index: number; readonly address: string },
  to: keyof typeof PORT_STATES,
): Promise<void> => {
  const namespace = labNamespace(lab);
  const neighbour = [host.address, 'lladdr', macAddress(0, host.index), 'dev', 'br0', 'nud', 'permanent'];
  if (to === 'silent') await run(['ip', '-n', namespace, 'neigh', 'replace', ...neighbour], QUICK);
  // A link that has just been set up has its carrier a moment later, and refuses a state until then (ENETDOWN).
  const port = ['bridge', '-n', namespace, 'link', 'set', 'dev', `v${host.index}`, 'state', PORT_STATES[to]];
  await until({ what: `"${port.join(' ')}"`, limitMs: 10_000 }, async () => (await tryRun(port, QUICK)).code === 0);
};

/** Whether a host's management link is plugged in; `false` when it has none. */
export const hasManagementLink = async (lab: string, index: number): Promise<boolean> => {
  const { code, stdout } = await tryRun(['ip', '-n', labNamespace(lab), '-o', 'link', 'show', `v${index}`], QUICK);
  return code === 0 && /<[^>]*\bUP\b/.test(stdout);
};
