import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Lab } from '../../../src/lab/index.ts';
import type { Stamped } from '../../../src/model/event.ts';
import { cookiesOf, type Dump, dump, withoutCookies } from './dump.ts';
import {
  agentPid,
  executables,
  remainsOfTransactions,
  restoreFlag,
  schemaOf,
  transactionStates,
  unitStates,
  wellUnits,
} from './hosts.ts';
import { type Controller, controller, eventsOf, logOf, outcomes, type Running, reasonOf } from './product.ts';
import { until } from './until.ts';

/** The swap of hosts whose inventory says how it is disturbed: a comma list follows. */
export const disturbed = ['run', 'test/lab/playbooks/disturbed.ts', '--no-type-check', '--limit'];
const title = 'test: disturbed';

/**
 * Where a swap is met: before a phase, at `end` of all of them, while it waits to be confirmed, or while it undoes
 * itself.
 */
export const boundaries = [
  'hold',
  'capture',
  'switch the release',
  'convert the database',
  'restart ovs-vswitchd',
  'restore the flows',
  'verify the switch',
  'end',
  'awaiting',
  'undoing',
] as const;
export type Boundary = (typeof boundaries)[number];

const vars = (at: Boundary): Readonly<Record<string, string>> => {
  switch (at) {
    case 'awaiting':
      return {};
    case 'undoing':
      return { disturb_at: 'verify the switch', disturb_by: 'exit 1' };
    default:
      return { disturb_at: at, disturb_by: 'sleep 5' };
  }
};

const isThere =
  (host: string, at: Boundary) =>
  (event: Stamped): boolean => {
    if (at === 'awaiting' || at === 'undoing')
      return event.type === 'transaction.state' && event.host === host && event.state === at;
    return event.type === 'transaction.phase' && event.host === host && event.phase.startsWith(title);
  };

/** A swap of one host that stands at a boundary. */
export interface Stopped {
  readonly operator: Controller;
  readonly running: Running;
}

/** Starts the swap of a host and comes back when it has reached the boundary. */
export const swapUntil = async (
  lab: Lab,
  host: string,
  at: Boundary,
  flags: readonly string[] = [],
): Promise<Stopped> => {
  const operator = await controller(lab, `${host}-first`, { vars: { [host]: vars(at) } });
  const running = operator.start([...disturbed, host, ...flags]);
  await running.waitFor(`${host} to be at "${at}"`, isThere(host, at));
  return { operator, running };
};

/** A run over one host that nothing disturbs, by somebody who knows of no other run. */
export const swapAnew = async (lab: Lab, host: string) => {
  const newcomer = await controller(lab, `${host}-newcomer`);
  return newcomer.run([...disturbed, host]);
};

/** The state of a host's newest transaction, read on its disk: it can be seen also while the host cannot be reached. */
export const stateOnDisk = (lab: Lab, host: string): string => {
  const base = join(lab.directory, 'hosts', host, 'root/var/lib/ovsfleet/tx');
  try {
    const newest = readdirSync(base).toSorted().at(-1) ?? '';
    return readFileSync(join(base, newest, 'state'), 'utf8').trim();
  } catch {
    return 'none';
  }
};

const isAgent = (lab: Lab, host: string): boolean => lab.host(host).profile === 'agent';

/** The agent has taken the bridges over again since that dump. */
const agentTurned = async (lab: Lab, host: string, was: Dump): Promise<void> => {
  await until(`the agent of ${host} to have taken over`, 120_000, async () => {
    const now = cookiesOf(await dump(lab, host));
    return now.length > 0 && !now.some((cookie) => cookiesOf(was).includes(cookie));
  });
  expect(await agentPid(lab, host)).not.toBe('0');
};

const expectWell = async (lab: Lab, host: string): Promise<void> => {
  expect(await unitStates(lab, host), host).toEqual(wellUnits(lab, host));
  expect(await restoreFlag(lab, host), host).toBe('');
  expect(await remainsOfTransactions(lab, host), host).toEqual([]);
};

const expectForwards = async (lab: Lab, host: string, was: Dump): Promise<void> => {
  const is = await dump(lab, host);
  const agent = isAgent(lab, host);
  expect(agent ? withoutCookies(is) : is, host).toEqual(agent ? withoutCookies(was) : was);
};

/** The host runs the new release, forwards as before, and has come there by these transactions and no other. */
export const expectSwapped = async (lab: Lab, host: string, was: Dump, states: readonly string[]): Promise<void> => {
  expect(await transactionStates(lab, host), host).toEqual(states);
  expect(await schemaOf(lab, host), host).toBe('8.8.0');
  for (const file of await executables(lab, host)) expect(file, host).toContain('/opt/ovsfleet/ovs/3.5.0-');
  await expectWell(lab, host);
  if (isAgent(lab, host)) await agentTurned(lab, host, was);
  await expectForwards(lab, host, was);
};

/** The host runs the old release and forwards as before; its last transaction is undone. */
export const expectUnswapped = async (lab: Lab, host: string, was: Dump): Promise<void> => {
  expect((await transactionStates(lab, host)).at(-1), host).toBe('undone');
  expect(await schemaOf(lab, host), host).toBe('8.3.1');
  for (const file of await executables(lab, host)) expect(file, host).toMatch(/^\/usr\//);
  await expectWell(lab, host);
  if (isAgent(lab, host)) await agentTurned(lab, host, was);
  await expectForwards(lab, host, was);
};

/** The controller is killed at a boundary; then the run is resumed, or somebody else begins anew. */
export const killController = async (lab: Lab, host: string, at: Boundary, then: 'resume' | 'anew'): Promise<void> => {
  const was = await dump(lab, host);
  const { operator, running } = await swapUntil(lab, host, at);
  running.kill('SIGKILL');
  expect((await running.ended()).code).toBeNull();
  const next = then === 'resume' && at !== 'undoing' ? await operator.run(['resume']) : await swapAnew(lab, host);
  expect({ code: next.code, stderr: next.stderr }, reasonOf(next.events, host) + logOf(next.events, host)).toEqual({
    code: 0,
    stderr: '',
  });
  const begun = eventsOf(running.events, 'transaction.sent').map(({ transaction }) => transaction);
  for (const { transaction, found } of eventsOf(next.events, 'transaction.attached'))
    if (found) expect(begun).toContain(transaction);
  await expectSwapped(lab, host, was, at === 'undoing' ? ['undone', 'done'] : ['done']);
};

/** Nobody is there when the host boots: it settles by itself before anybody logs in to look. */
const settlesAlone = async (lab: Lab, host: string, running: Running): Promise<string> => {
  running.kill('SIGKILL');
  await running.ended();
  await lab.start(host);
  await until(`${host} to have undone the swap`, 120_000, async () => stateOnDisk(lab, host) === 'undone');
  return (await lab.ssh(host, 'cat /var/lib/ovsfleet/tx/*/reason')).stdout;
};

/** The controller has waited for the host, attaches to the swap and tells how it ended. */
const settlesWatched = async (lab: Lab, host: string, running: Running): Promise<string> => {
  await lab.start(host);
  const { code, events } = await running.ended();
  expect({ code, outcome: outcomes(events)[host] }, reasonOf(events, host) + logOf(events, host)).toEqual({
    code: 1,
    outcome: 'undone',
  });
  expect(eventsOf(events, 'link.lost').map((event) => event.host)).toContain(host);
  expect(eventsOf(events, 'link.back').map((event) => event.host)).toContain(host);
  return reasonOf(events, host);
};

/** The host's power is cut at a boundary; it settles itself when it boots, and a new run succeeds. */
export const crashHost = async (lab: Lab, host: string, at: Boundary, then: 'alone' | 'watched'): Promise<void> => {
  const was = await dump(lab, host);
  const { running } = await swapUntil(lab, host, at);
  await lab.crash(host);
  const absent = await swapAnew(lab, host);
  expect({ code: absent.code, outcome: outcomes(absent.events)[host] }).toEqual({ code: 4, outcome: 'unreachable' });
  const reason = await (then === 'alone' ? settlesAlone : settlesWatched)(lab, host, running);
  expect(reason).toMatch(at === 'undoing' ? /ended with status 1/ : /rebooted in the middle/);
  await expectUnswapped(lab, host, was);
  const before = await dump(lab, host);
  const again = await controller(lab, `${host}-again`);
  const next = await again.run([...disturbed, host]);
  expect(next.code, reasonOf(next.events, host) + logOf(next.events, host)).toBe(0);
  await expectSwapped(lab, host, before, ['undone', 'done']);
};

/** Ctrl-C once: the host in flight is finished. Twice: it is left to itself. Either way the rest is resumed. */
export const interrupt = async (lab: Lab, first: string, second: string): Promise<void> => {
  const was = { first: await dump(lab, first), second: await dump(lab, second) };
  const pause = vars('restart ovs-vswitchd');
  const operator = await controller(lab, `${first}-interrupted`, { vars: { [first]: pause, [second]: pause } });

  const once = operator.start([...disturbed, `${first},${second}`, '-e', 'waves=1,100%']);
  await once.waitFor(`${first} to be swapped`, isThere(first, 'restart ovs-vswitchd'));
  once.kill('SIGINT');
  const afterOnce = await once.ended();
  expect({ code: afterOnce.code, outcomes: outcomes(afterOnce.events) }).toEqual({
    code: 130,
    outcomes: { [first]: 'changed', [second]: 'not-started' },
  });
  expect(await transactionStates(lab, second)).toEqual([]);

  const twice = operator.start(['resume']);
  await twice.waitFor(`${second} to be swapped`, isThere(second, 'restart ovs-vswitchd'));
  twice.kill('SIGINT');
  await twice.waitFor('the first Ctrl-C to be taken', (event) => event.type === 'run.interrupted');
  twice.kill('SIGINT');
  const afterTwice = await twice.ended();
  expect({ code: afterTwice.code, outcome: outcomes(afterTwice.events)[second] }).toEqual({
    code: 130,
    outcome: 'in-doubt',
  });
  expect(eventsOf(afterTwice.events, 'run.finished')).toMatchObject([{ exitCode: 130, resumable: true }]);

  const resumed = await operator.run(['resume']);
  expect(resumed.code, logOf(resumed.events, second)).toBe(0);
  await expectSwapped(lab, first, was.first, ['done']);
  await expectSwapped(lab, second, was.second, ['done']);
};
