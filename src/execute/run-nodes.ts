import { withoutHost } from '../model/causes.ts';
import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import { isPending, type Readings, readables } from '../plan/index.ts';
import type { Node, Step, Transaction, Verify } from '../playbook/index.ts';
import { applyNodes } from './apply-nodes.ts';
import { endStop, type Stop, stopped, transactionStop } from './ends.ts';
import { bringFiles, fetchFiles, sendFiles } from './files.ts';
import { connectionTo, type HostJob, type Known, type Went } from './host-job.ts';
import { askElsewhere } from './on-host.ts';
import { probe } from './probe.ts';
import { readsOf } from './reads-of.ts';
import { rebootHost } from './reboot.ts';
import { runWatched } from './run-watched.ts';
import { runTransaction } from './transactions.ts';

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

/** Neighbours that one batch can take together: checks and steps that move no file and leave the host up. */
const inBatch = (node: Node, readings: Readings): node is Step | Verify =>
  node.kind === 'verify'
    ? node.fetches.length === 0
    : node.kind === 'step' &&
      node.rebootMs === null &&
      (node.brings.length + node.sends.length + node.logs.length === 0 || !isPending(node, readings));

/** What an operator is asked for who wants to be asked: a step, or what must not be left half-way. */
const isAskedFor = ({ kind }: Node): boolean => kind === 'step' || kind === 'transaction' || kind === 'watched';

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

/** Takes a host through neighbours in a tree, in their order; the first that does not hold stops it. */
export async function runNodes(nodes: readonly Node[], readings: Known, job: HostJob): Promise<Went | Stop> {
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
    if (job.steps !== null && isAskedFor(node) && isPending(node, readings)) {
      const before = await flush();
      if (before !== null) return before;
      if (!(await job.steps.may(node, readings))) continue;
    }
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
    await fetchFiles(await connectionTo(job), job.play, node.logs, job.services, job.signal);
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
      await sendFiles(await connectionTo(job), job.play, node.sends, job.services, job.signal);
      const made = await applyNodes([node], job);
      if (node.logs.length > 0 && ('stop' in made || made.changed)) await keepLogs(node, job);
      if (!('stop' in made)) await bringFiles(await connectionTo(job), job.play, node.brings, job.services, job.signal);
      return made;
    }
    case 'verify': {
      const checked = await applyNodes([node], job);
      if (!('stop' in checked))
        await fetchFiles(await connectionTo(job), job.play, node.fetches, job.services, job.signal);
      return checked;
    }
    case 'group':
      return runNodes(node.nodes, readings, job);
    case 'transaction':
      // Nothing is to be changed, but what it promises must hold all the same.
      return isPending(node, readings) ? runSwap(node, job) : applyNodes(checksIn(node.nodes), job);
    case 'watched':
      // It was asked for as a whole: nobody is to be asked while its guest is probed.
      return runWatched(node, readings, job, () => runNodes(node.nodes, readings, { ...job, steps: null }));
    case 'on':
      return (await askElsewhere(node, job)) ?? { changed: false };
    // Only inside transactions, which take their trees whole.
    case 'around':
    case 'unchanged':
      return { changed: false };
  }
}
