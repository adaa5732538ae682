import { ConnectionError } from '../model/connection-error.ts';
import { FleetError } from '../model/error.ts';
import { forecast, isSatisfied, readables } from '../plan/index.ts';
import type { HostEnd, Stop } from './ends.ts';
import { connectionTo, type HostJob, type Went } from './host-job.ts';
import { readHost } from './read-host.ts';
import { readsOf } from './reads-of.ts';
import { releaseHost } from './release-host.ts';
import { runNodes } from './run-nodes.ts';

/** Of a host in doubt nobody knows whether it can be reached; and how it ended is known already. */
const letGo = async (result: Went | Stop, job: HostJob): Promise<void> => {
  if ('stop' in result && result.stop.outcome === 'in-doubt') return;
  try {
    await releaseHost(await connectionTo(job), job.services);
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
};

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
  const leftOut = job.steps?.leftOut() ?? null;
  if (leftOut !== null) return leftOut;
  return { outcome: result.changed ? 'changed' : 'current', problem: null };
};
