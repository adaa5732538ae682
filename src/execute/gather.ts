import PQueue from 'p-queue';
import { factsScript, parseFacts, parseSurvey, type Survey, surveyScript } from '../facts/index.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import type { Facts } from '../model/facts.ts';
import type { Host } from '../model/host.ts';
import type { ConnectionFault } from '../model/ports.ts';
import type { Readings } from '../plan/index.ts';
import { sh } from '../shell/index.ts';
import { endStop, type HostEnd } from './ends.ts';
import { probe } from './probe.ts';
import { readHost } from './read-host.ts';
import { reading } from './reading.ts';
import type { Services } from './services.ts';

export type Gathered = { readonly facts: Facts } | { readonly ended: HostEnd };

const factsKey = 'facts';
const surveyKey = 'survey';
const userKey = 'user';
const reads = new Map([[factsKey, factsScript]]);
const asRoot = new Map([...reads, [userKey, sh`printf '%s %s\n' "$(id -u)" "$(id -un)"`]]);

const outcomeOf = (fault: ConnectionFault, lost: HostEnd['outcome']): HostEnd['outcome'] => {
  switch (fault) {
    case 'lost':
      return lost;
    case 'become':
      // Whoever is let in and not let work is there; of what was begun no more can be seen.
      return lost === 'unreachable' ? 'refused' : lost;
    case 'unreachable':
    case 'refused':
    case 'host-key-unknown':
    case 'host-key-changed':
    case 'auth':
    case 'protocol':
      return 'unreachable';
  }
};

/**
 * What becomes of a host when talking to it threw something that a user is meant to read; rethrows all else.
 * @param lost what it is when the link went after it had been there
 */
export const endOf = (error: unknown, lost: HostEnd['outcome']): HostEnd => {
  if (error instanceof ConnectionError) return { outcome: outcomeOf(error.fault, lost), problem: error };
  if (error instanceof FleetError) return { outcome: 'failed', problem: error };
  throw error;
};

/** The same where nothing is changed yet: a host that an interrupt kept from being read was not started. */
export const unreadEnd = (error: unknown, signal: AbortSignal | undefined): HostEnd =>
  signal?.aborted ? { outcome: 'not-started', problem: null } : endOf(error, 'unreachable');

/** What becomes of transactions that are found open: told in the play that takes the host and seen to their end, or only told. */
export type WhenOpen = 'look' | { readonly settleIn: (host: Host) => number };

/** Hosts are locked, read and changed as root; whoever is somebody else there is told so before anything else. */
const notRoot = (host: Host, readings: Readings): HostEnd | null => {
  const told = readings.get(userKey);
  const [id = '', name = ''] = told?.is === 'value' ? told.text.split(' ') : [];
  if (told?.is !== 'value' || id === '0') return null;
  const problem = {
    code: 'become.not-root',
    message: `${host.name}: ${name} works there, and only root can do what playbooks do.`,
    remedy: `Become root: -b (by sudo; -K asks for its password), or ansible_become: true of ${host.name}; or log in as root: -u root`,
    facts: { host: host.name, user: name },
  };
  return { outcome: 'refused', problem };
};

const toldFacts = (host: Host, readings: Readings): Facts => {
  const told = readings.get(factsKey);
  if (told?.is === 'value') return parseFacts(told.text, host.name);
  throw new FleetError({
    code: 'facts.unreadable',
    message: `${host.name}: its facts cannot be read${told?.is === 'error' ? `: ${told.message.trim()}` : ''}.`,
    remedy: `See what the host says: ovsfleet exec ${host.name} -- 'uname -a'`,
    facts: { host: host.name },
  });
};

const factsOf = async (host: Host, whenOpen: WhenOpen, services: Services, signal?: AbortSignal): Promise<Gathered> => {
  const read = await reading(host, services, signal, async (connection) => {
    if (whenOpen !== 'look') return await readHost(connection, whenOpen.settleIn(host), asRoot, services, signal);
    const { end, readings } = await probe(connection, asRoot, services, signal);
    const stop = endStop(host.name, end);
    return stop === null ? { readings } : { stopped: stop.stop };
  });
  if ('stopped' in read) return { ended: read.stopped };
  const other = notRoot(host, read.readings);
  if (other !== null) return { ended: other };
  const facts = toldFacts(host, read.readings);
  services.bus.emit({ type: 'host.facts', host: host.name, facts });
  return { facts };
};

/** A host's facts and, in the same round trip, what it would build with and has installed. */
export interface Surveyed {
  readonly facts: Facts;
  /** `null` where it could not be read. */
  readonly survey: Survey | null;
}

/** Rejects with a `FleetError` when the facts cannot be read. */
export const lookAt = async (
  host: Host,
  services: Services,
  signal?: AbortSignal,
): Promise<Surveyed | { readonly ended: HostEnd }> => {
  const connection = await services.connections.get(host, signal);
  const { end, readings } = await probe(connection, new Map([...reads, [surveyKey, surveyScript]]), services, signal);
  const stop = endStop(host.name, end);
  if (stop !== null) return { ended: stop.stop };
  const survey = readings.get(surveyKey);
  return { facts: toldFacts(host, readings), survey: survey?.is === 'value' ? parseSurvey(survey.text) : null };
};

/** Does something to many hosts, `atOnce` at a time; each answer is kept, whatever the others did. */
export const onEach = async <T>(
  hosts: readonly Host[],
  atOnce: number,
  act: (host: Host) => Promise<T>,
): Promise<ReadonlyMap<string, T>> => {
  const queue = new PQueue({ concurrency: atOnce });
  const results = await queue.addAll(hosts.map((host) => async () => [host.name, await act(host)] as const));
  return new Map(results);
};

/**
 * The facts of many hosts, one round trip each. With `settleIn` transactions found open are seen to their end first;
 * with `look` they end that host.
 */
export const gatherFacts = (
  hosts: readonly Host[],
  whenOpen: WhenOpen,
  atOnce: number,
  services: Services,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Gathered>> =>
  onEach(hosts, atOnce, async (host) => {
    try {
      return await factsOf(host, whenOpen, services, signal);
    } catch (error) {
      return { ended: unreadEnd(error, signal) };
    } finally {
      await services.connections.release(host);
    }
  });
