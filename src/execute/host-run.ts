import { withoutHost } from '../model/causes.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError, type Problem } from '../model/error.ts';
import type { Host } from '../model/host.ts';
import type { Reading } from '../model/plan-document.ts';
import type { Connection } from '../model/ports.ts';
import { probeOf, proberOf } from '../model/traffic.ts';
import { forecast, isPending, isSatisfied, type Readings, readables } from '../plan/index.ts';
import type { Node, Step, Transaction, Verify, Watched } from '../playbook/index.ts';
import { apply } from './apply.ts';
import { endStop, type HostEnd, type Stop, stopped, transactionStop } from './ends.ts';
import { bringFiles, fetchFiles, sendFiles } from './files.ts';
import { askElsewhere } from './on-host.ts';
import { probe } from './probe.ts';
import { readHost } from './read-host.ts';
import { rebootHost } from './reboot.ts';
import { releaseHost } from './release-host.ts';
import type { Services } from './services.ts';
import { watchTraffic } from './traffic.ts';
import { runTransaction } from './transactions.ts';

export interface HostJob {
  readonly play: number;
  readonly host: Host;
  readonly nodes: readonly Node[];
  /** Why it may not be done after all, by what was read right before it. */
  readonly objection: (readings: Readings) => Promise<Problem | null>;
  /** Any host of the inventory, for probes from elsewhere. */
  readonly hostNamed: (name: string) => Host | undefined;
  readonly services: Services;
  readonly signal: AbortSignal | undefined;
}

type Went = { readonly changed: boolean };
/** What was read of the host; a reboot has it read anew. */
type Known = Map<string, Reading>;

/** The open connection of the host: after a reboot another than before. */
const connectionTo = ({ host, services, signal }: HostJob): Promise<Connection> =>
  services.connections.get(host, signal);

const applyNodes = async (nodes: readonly (Step | Verify)[], job: HostJob): Promise<Went | Stop> => {
  if (nodes.length === 0) return { changed: false };
  const connection = await connectionTo(job);
  const result = await apply(connection, job.play, nodes, job.services, job.signal);
  const host = job.host.name;
  const end = endStop(host, result.end);
  if (end !== null) return end;
  if (result.failed !== null) {
    const { step, outcome, message, remedy } = result.failed;
    return stopped('failed', {
      code: `step.${outcome}`,
      message: `${host}: ${step}: ${message}.`,
      remedy: remedy ?? `See all that it printed with -vv, or in the report of ${host}.`,
      facts: { host, step },
    });
  }
  if (!result.complete) {
    return stopped('failed', {
      code: 'batch.cut',
      message: `${host}: the program on the host ended before its last step.`,
      remedy: `Look whether something there ends processes (memory, a login policy), then: ovsfleet resume`,
      facts: { host },
    });
  }
  return { changed: result.changed };
};

const runSwap = async (node: Transaction, job: HostJob): Promise<Went | Stop> => {
  const end = await runTransaction(await connectionTo(job), job.play, node, job.services, job.signal);
  if (end.is === 'not-begun') {
    return (
      endStop(job.host.name, end.end) ??
      stopped('failed', {
        code: 'transaction.not-begun',
        message: `${job.host.name}: ${node.title} could not be started there; nothing was changed.`,
        remedy: `See why: ovsfleet exec ${job.host.name} -- 'systemctl --failed; df -h /var'`,
        facts: { host: job.host.name },
      })
    );
  }
  if (end.is !== 'done') return transactionStop(job.host.name, node.title, end);
  return { changed: true };
};

const runWatched = async (node: Watched, readings: Known, job: HostJob): Promise<Went | Stop> => {
  const probing = probeOf(job.host);
  const inner = () => runNodes(node.nodes, readings, job);
  if (!isPending(node, readings) || probing === null) return inner();
  const prober = proberOf(probing).host;
  const from = job.hostNamed(prober);
  if (from === undefined) {
    return stopped('failed', {
      code: 'traffic.unknown-host',
      message: `${job.host.name}: probe_from names ${prober}, which is not in the inventory; nothing was changed.`,
      remedy: `Correct probe_from of ${job.host.name} to HOST or HOST:NETWORK-NAMESPACE.`,
      facts: { host: job.host.name },
    });
  }
  const watch = await watchTraffic(job.host, probing, from, job.services);
  let result: Went | Stop;
  try {
    result = await inner();
  } catch (error) {
    await watch.stop();
    throw error;
  }
  const measured = await watch.stop();
  job.services.bus.emit({
    type: 'traffic.measured',
    play: job.play,
    host: job.host.name,
    measured,
    maxGapMs: node.maxGapMs,
  });
  if ('stop' in result || measured.longestGapMs <= node.maxGapMs) return result;
  // Undoing would be a second gap: the change stands, and the rollout stops.
  return stopped('failed', {
    code: 'traffic.gap',
    message: `${job.host.name}: the change stands and holds, but its guest was cut off for ${measured.longestGapMs} ms, more than the ${node.maxGapMs} ms allowed.`,
    remedy: 'Find out why before more hosts follow, or allow a longer gap with -e max_gap=…',
    facts: { host: job.host.name, gap: measured.longestGapMs },
  });
};

/** Neighbours that one batch can take together: checks and steps that move no file and leave the host up. */
const inBatch = (node: Node, readings: Readings): node is Step | Verify =>
  node.kind === 'verify'
    ? node.fetches.length === 0
    : node.kind === 'step' &&
      node.rebootMs === null &&
      (node.brings.length + node.sends.length + node.logs.length === 0 || !isPending(node, readings));

const checksIn = (nodes: readonly Node[]): readonly Verify[] =>
  readables(nodes).filter((node) => node.kind === 'verify');

/** Two checks that failed: both are told. */
const both = (here: Stop, there: Stop | null): Stop => {
  const [first, second] = [here.stop.problem, there?.stop.problem ?? null];
  if (first === null || second === null) return here;
  const host = first.facts?.['host'];
  const more = typeof host === 'string' ? withoutHost(host, second.message) : second.message;
  return stopped('failed', { ...first, message: `${first.message} ${more}` });
};

async function runNodes(nodes: readonly Node[], readings: Known, job: HostJob): Promise<Went | Stop> {
  let changed = false;
  let batch: (Step | Verify)[] = [];
  const flush = async (): Promise<Stop | null> => {
    const result = await applyNodes(batch, job);
    batch = [];
    if ('stop' in result) return result;
    changed ||= result.changed;
    return null;
  };
  for (const node of nodes) {
    if (inBatch(node, readings)) {
      batch.push(node);
      continue;
    }
    const checked = batch.every(({ kind }) => kind === 'verify');
    const before = await flush();
    if (before !== null && checked && node.kind === 'on') return both(before, await askElsewhere(node, job));
    if (before !== null) return before;
    const result = await runNode(node, readings, job);
    if ('stop' in result) return result;
    changed ||= result.changed;
  }
  return (await flush()) ?? { changed };
}

/** Reboots the host if that is what the step takes, and reads anew what later nodes go by. */
const runReboot = async (node: Step, readings: Known, job: HostJob): Promise<Went | Stop> => {
  const result = await rebootHost(node, job);
  if ('stop' in result || !result.changed) return result;
  const fresh = await probe(await connectionTo(job), readsOf(job.nodes), job.services, job.signal);
  for (const [title, reading] of fresh.readings) readings.set(title, reading);
  return endStop(job.host.name, fresh.end) ?? result;
};

/** What a step wrote of its work; one that failed early has not written any. */
const keepLogs = async (node: Step, job: HostJob): Promise<void> => {
  try {
    await fetchFiles(await connectionTo(job), job.play, node.logs, job.services);
  } catch (error) {
    if (!(error instanceof FleetError) || error instanceof ConnectionError) throw error;
    const { message, remedy, code } = error;
    job.services.bus.emit({ type: 'warning', host: job.host.name, problem: { code, message, remedy } });
  }
};

async function runNode(node: Node, readings: Known, job: HostJob): Promise<Went | Stop> {
  switch (node.kind) {
    case 'step': {
      if (node.rebootMs !== null) return runReboot(node, readings, job);
      await sendFiles(await connectionTo(job), job.play, node.sends, job.services);
      const made = await applyNodes([node], job);
      if (node.logs.length > 0 && ('stop' in made || made.changed)) await keepLogs(node, job);
      if (!('stop' in made)) await bringFiles(await connectionTo(job), job.play, node.brings, job.services);
      return made;
    }
    case 'verify': {
      const checked = await applyNodes([node], job);
      if (!('stop' in checked)) await fetchFiles(await connectionTo(job), job.play, node.fetches, job.services);
      return checked;
    }
    case 'group':
      return runNodes(node.nodes, readings, job);
    case 'transaction':
      // Nothing is to be changed, but what it promises must hold all the same.
      return isPending(node, readings) ? runSwap(node, job) : applyNodes(checksIn(node.nodes), job);
    case 'watched':
      return runWatched(node, readings, job);
    case 'on':
      return (await askElsewhere(node, job)) ?? { changed: false };
    // Only inside transactions, which take their trees whole.
    case 'around':
    case 'unchanged':
      return { changed: false };
  }
}

/** Of a host in doubt nobody knows whether it can be reached; and how it ended is known already. */
const letGo = async (result: Went | Stop, job: HostJob): Promise<void> => {
  if ('stop' in result && result.stop.outcome === 'in-doubt') return;
  try {
    await releaseHost(await connectionTo(job), job.services);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
};

/** What must be read before a host is touched. */
export const readsOf = (nodes: readonly Node[]): ReadonlyMap<string, Step['read']> =>
  new Map(readables(nodes).map((node) => [node.title, node.read]));

/** Does one play to one host, over one connection. Rejects with `ConnectionError` when the link is lost. */
export const runHost = async (job: HostJob): Promise<HostEnd> => {
  const connection = await job.services.connections.get(job.host, job.signal);
  const read = await readHost(connection, job.play, readsOf(job.nodes), job.services, job.signal);
  if ('stopped' in read) return read.stopped;
  const { readings } = read;
  const nodes = readables(job.nodes);
  if (isSatisfied(job.nodes, readings)) return { outcome: 'current', problem: null };
  const objection = await job.objection(readings);
  if (objection !== null) return { outcome: 'refused', problem: objection };
  for (const node of nodes) {
    const seen = forecast(node, readings);
    if (node.kind === 'step' && seen.is === 'error') {
      throw new FleetError({
        code: 'step.unreadable',
        message: `${job.host.name}: ${node.title} cannot be read: ${seen.message.trim().split('\n').slice(-2).join(' / ')}.`,
        remedy: `Nothing was changed. See for yourself: ovsfleet run … --check --limit ${job.host.name} -vv`,
        facts: { host: job.host.name, step: node.title },
      });
    }
  }
  const result = await runNodes(job.nodes, new Map(readings), job);
  await letGo(result, job);
  if ('stop' in result) return result.stop;
  return { outcome: result.changed ? 'changed' : 'current', problem: null };
};
